import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEdge, parsePath } from "../lib/circuit/graph/circuit_names.ts";
import { patchedResidual } from "../lib/circuit/patch/evaluate.ts";
import { NodePrograms } from "../lib/circuit/patch/node_programs.ts";
import { allSenders, nodeName, parsePlace } from "../lib/circuit/graph/nodes.ts";
import { pathName, planOfPaths, routesOf } from "../lib/circuit/graph/patch_paths.ts";
import { edgeName, PatchPlan } from "../lib/circuit/graph/patch_plan.ts";
import { cacheRun } from "../lib/circuit/patch/run_cache.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { NeuriteError } from "../lib/errors.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import { deviation } from "./compare.ts";
import { type SmallGpt2, writeSmallGpt2 } from "./random_gpt2.ts";
import {
  edgePlans,
  edgesInto,
  type NamedEdge,
  nameOf,
  oraclePath,
  routeName,
  routesOfEdges,
} from "./random_plans.ts";
import { CIRCUIT_TOLERANCES } from "./tolerances.ts";
import { type OracleModel, TreeOracle } from "./tree_oracle.ts";

const T = 6;
const POSITIONS = { YY: 3, END: 5 };
const VOCABULARY = 30;

const MODELS: readonly SmallGpt2[] = [
  { layers: 3, heads: 2, width: 12, seed: 300, scalesByLayer: false },
  { layers: 4, heads: 2, width: 16, seed: 400, scalesByLayer: true },
  { layers: 5, heads: 3, width: 12, seed: 500, scalesByLayer: false },
].map((model) => ({ ...model, vocabulary: VOCABULARY, positions: 16 }));

/** A base prompt and a patch prompt that differ anywhere. */
type Prompts = [base: number[], patch: number[]];

const row = fc.array(fc.integer({ min: 0, max: VOCABULARY - 1 }), {
  minLength: T,
  maxLength: T,
});
/** Two pairs; a failure is no clearer for smaller tokens. */
const promptPairs: fc.Arbitrary<Prompts[]> = fc.noShrink(
  fc.array(fc.tuple(row, row), { minLength: 2, maxLength: 2 }),
);

const FIXED_PROMPTS: Prompts[] = [
  [[1, 2, 3, 4, 5, 6], [1, 2, 3, 9, 5, 6]],
  [[7, 8, 29, 10, 11, 12], [7, 0, 29, 13, 11, 14]],
];

/** One random model on the reference device, with what both ways of patching need. */
class Bench implements AsyncDisposable {
  readonly programs: NodePrograms;

  constructor(readonly model: Model, readonly oracle: OracleModel, readonly folder: string) {
    this.programs = new NodePrograms(model);
  }

  async pair(prompts: readonly Prompts[], plan: PatchPlan) {
    const request = { positions: POSITIONS, attentionLayers: plan.attentionLayers() };
    const run = (which: 0 | 1) => {
      const data = Int32Array.from(prompts.flatMap((pair) => pair[which]));
      return cacheRun(this.model, { data, shape: [prompts.length, T] }, request);
    };
    return { base: await run(0), patch: await run(1) };
  }

  plan(edges: readonly NamedEdge[]): PatchPlan {
    return new PatchPlan(edges.flatMap((edge) => parseEdge(nameOf(edge), this.model.config)));
  }

  async residual(edges: readonly NamedEdge[], prompts: readonly Prompts[]) {
    const plan = this.plan(edges);
    return await patchedResidual(this.programs, await this.pair(prompts, plan), plan);
  }

  /** Checks a plan against the oracle and returns by how much it changes the residual at most. */
  async check(edges: readonly NamedEdge[], prompts: readonly Prompts[]): Promise<number> {
    const paths = routesOfEdges(edges).map((route) => oraclePath(route, POSITIONS));
    const oracles = prompts.map(([base, patch]) => new TreeOracle(this.oracle, base, patch));
    const finals = (live: typeof paths) =>
      Float64Array.from(oracles.flatMap((oracle) => [...oracle.final(live, POSITIONS.END)]));
    const [expected, base] = [finals(paths), finals([])];
    const residual = await this.residual(edges, prompts);
    const shape = [prompts.length, this.oracle.width];
    const { worst, detail } = deviation({ data: residual, shape }, { data: expected, shape });
    assert.ok(worst <= CIRCUIT_TOLERANCES.treeResidual.limit, `${worst}: ${detail}`);
    return Math.max(...expected.map((value, i) => Math.abs(value - base[i]!)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.programs[Symbol.dispose]();
    await this.model[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function openBench(small: SmallGpt2): Promise<Bench> {
  const folder = await Deno.makeTempDir();
  const tensors = await writeSmallGpt2(folder, small);
  const model = await loadModel(folder, openReference());
  return new Bench(model, { ...small, epsilon: model.config.layerNormEpsilon, tensors }, folder);
}

function named(edges: string): NamedEdge[] {
  return edges.split(" ").map((name) => {
    const [, from, to, channel = ""] = /^(.+)->([^<]+)(?:<(.)>)?$/.exec(name)!;
    return { from: from!, to: to!, channel: channel as NamedEdge["channel"] };
  });
}

for (const small of MODELS) {
  const scaled = small.scalesByLayer ? ", scores scaled by layer" : "";
  Deno.test(`patchedResidual() is the sum over all paths on random plans of ${small.layers} layers${scaled}`, async () => {
    await using bench = await openBench(small);
    const effects: number[] = [];
    await fc.assert(
      fc.asyncProperty(edgePlans(small), promptPairs, async (edges, prompts) => {
        effects.push(await bench.check(edges, prompts));
      }),
      { numRuns: 80 },
    );
    // Agreement on plans that change nothing would show nothing.
    const telling = effects.filter((effect) => effect > 0.01).length;
    assert.ok(telling > effects.length / 2, `${telling} of ${effects.length} plans matter`);
  });
}

/** One plan a rule: what each edge does at each position. */
const RULES: Record<string, string> = {
  "a leaf head at YY": "a0.h1@YY->a2.h0@END<v> a2.h0@END->logits@END",
  "a leaf input at END": "input@END->m1@END m1@END->logits@END",
  "a head recomputed at YY by its query":
    "input@YY->a1.h0@YY<q> a1.h0@YY->a2.h1@END<v> a2.h1@END->logits@END",
  "a head recomputed at YY by its own key":
    "m0@YY->a1.h0@YY<k> a1.h0@YY->a2.h1@END<v> a2.h1@END->logits@END",
  "a head recomputed at YY by its own value":
    "m0@YY->a1.h0@YY<v> a1.h0@YY->a2.h1@END<k> a2.h1@END->logits@END",
  "a whole query at YY": "whole->a1.h0@YY<q> a1.h0@YY->a2.h0@END<v> a2.h0@END->logits@END",
  "a head at END by its own key": "m1@END->a2.h0@END<k> a2.h0@END->logits@END",
  "a head at END by its own value": "m1@END->a2.h0@END<v> a2.h0@END->logits@END",
  "a head at END by its query": "m1@END->a2.h0@END<q> a2.h0@END->logits@END",
  "a head at END by keys of both positions":
    "m1@END->a2.h0@END<k> m0@YY->a2.h0@END<k> a2.h0@END->logits@END",
  "a whole query at END": "whole->a2.h0@END<q> a2.h0@END->logits@END",
};

Deno.test("patchedResidual() changes what each rule says and nothing else", async (t) => {
  await using bench = await openBench(MODELS[0]!);
  for (const [rule, edges] of Object.entries(RULES)) {
    await t.step(rule, async () => {
      assert.ok(await bench.check(named(edges), FIXED_PROMPTS) > 1e-3);
    });
  }
});

Deno.test("patchedResidual() gives a sweep the residuals of its plans one by one", async () => {
  await using bench = await openBench(MODELS[0]!);
  const nodes = ["input", ...allSenders(bench.model.config).map(nodeName)];
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(edgePlans(MODELS[0]!, 10), fc.nat(), async (edges, choice) => {
      const receiving = new Set(edges.map(({ to }) => to));
      const leaves = edges.map(({ from }) => from)
        .filter((from) => from !== "whole" && !receiving.has(from));
      if (leaves.length === 0) return;
      const leaf = leaves[choice % leaves.length]!;
      const others = new Set(edges.filter(({ from }) => from !== leaf).map(nameOf));
      const planWith = (from: string) =>
        edges.map((edge) => edge.from === leaf ? { ...edge, from } : edge);
      const place = parsePlace(leaf, bench.model.config);
      const senders = nodes.map((node) => `${node}@${place.position}`).filter((from) =>
        !receiving.has(from) &&
        planWith(from).filter((edge) => edge.from === from).every((edge) =>
          !others.has(nameOf(edge)) &&
          edgesInto(edge.to, MODELS[0]!).some((known) => nameOf(known) === nameOf(edge))
        )
      );
      const plan = bench.plan(edges);
      const pair = await bench.pair(FIXED_PROMPTS, plan);
      const together = await patchedResidual(bench.programs, pair, plan, {
        place,
        senders: senders.map((from) => parsePlace(from, bench.model.config).node),
      });
      const size = together.length / senders.length;
      for (const [index, from] of senders.entries()) {
        const alone = await patchedResidual(bench.programs, pair, bench.plan(planWith(from)));
        assert.deepEqual(together.slice(index * size, (index + 1) * size), alone, from);
        compared++;
      }
    }),
    { numRuns: 20 },
  );
  assert.ok(compared > 40, `${compared} plans`);
});

Deno.test("patchedResidual() is not changed by edges that lead nowhere", async () => {
  await using bench = await openBench(MODELS[0]!);
  const edges = named("m0@YY->a1.h0@END<v> a1.h0@END->logits@END");
  const idle = named("input@YY->m2@YY a0.h0@END->m1@END m1@END->a2.h1@END<v>");
  assert.deepEqual(
    await bench.residual([...edges, ...idle], FIXED_PROMPTS),
    await bench.residual(edges, FIXED_PROMPTS),
  );
});

Deno.test("planOfPaths() takes those random sets of paths that hold every route of their edges", () => {
  const [sizes] = MODELS as [SmallGpt2];
  const config = { nLayer: sizes.layers, nHead: sizes.heads };
  const counts = { taken: 0, refused: 0 };
  const chosen = fc.array(fc.boolean(), { minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(edgePlans(sizes), chosen, fc.boolean(), (edges, picks, all) => {
      const routes = routesOfEdges(edges).slice(0, 64);
      const given = routes.filter((_, i) => all || picks[i]);
      const names = new Set(given.map(routeName));
      const implied = routesOfEdges([
        ...new Map(given.flat().map((edge) => [nameOf(edge), edge])).values(),
      ]).map(routeName);
      const missing = implied.filter((name) => !names.has(name));
      const paths = [...names].map((name) => parsePath(name, config));
      assert.deepEqual(paths.map(pathName), [...names]);
      if (missing.length === 0) {
        const plan = planOfPaths(paths);
        assert.deepEqual(new Set([...routesOf(plan)].map(pathName)), names);
        assert.deepEqual(new Set(plan.edges.map(edgeName)), new Set(given.flat().map(nameOf)));
        counts.taken++;
      } else {
        assert.throws(() => planOfPaths(paths), (error: unknown) => {
          assert.ok(error instanceof NeuriteError && error.code === "E-CIRCUIT");
          return missing.some((name) => error.message.startsWith(`Cannot patch along "${name}"`));
        });
        counts.refused++;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(counts.taken > 30 && counts.refused > 30, JSON.stringify(counts));
});
