import assert from "node:assert/strict";
import { posix } from "node:path";
import { denoConfig, isTest, projectFiles, readText } from "./tree.ts";

const SOURCES = projectFiles().filter((path) => path.endsWith(".ts"));

/**
 * Every room that a room may import, written out in full. The lint plugin derives the same table
 * from single arrows; this copy is meant to disagree with it when either is wrong.
 */
const MAY: Record<string, string[]> = {
  cli: [],
  store: [],
  device: ["cli"],
  model: ["device", "store", "cli"],
  circuit: ["model", "device", "store", "cli"],
  neuron: ["model", "device", "store", "cli"],
  text: ["model", "device", "store", "cli"],
  figure: ["store"],
  report: ["circuit", "neuron", "figure", "model", "device", "store", "cli"],
  viewer: ["store", "figure"],
};

/** Specifiers of import and export statements and of dynamic imports; comments are cut first. */
function specifiers(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "");
  const statement = /(?:^|\n)\s*(?:import|export)\b[^;"'`]*?from\s*["']([^"']+)["']/g;
  const bare = /(?:^|\n)\s*import\s*["']([^"']+)["']/g;
  const dynamic = /\bimport\(\s*["']([^"']+)["']/g;
  return [statement, bare, dynamic].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1]!)
  );
}

/** A file of the library that imports another of it; tests are left out. */
type Arrow = readonly [from: string, to: string];

function libraryArrows(): Arrow[] {
  return SOURCES.filter((path) => path.startsWith("lib/") && !isTest(path)).flatMap((path) =>
    specifiers(readText(path)).filter((name) => name.startsWith("."))
      .map((specifier): Arrow => [path, posix.join(posix.dirname(path), specifier)])
      .filter(([, target]) => target.startsWith("lib/"))
  );
}

/**
 * The arrows on circles of the sub-folders and files of `folder`. A file that lies in `folder` itself
 * stands alone, so that a folder may rest on one such file and be used by another.
 */
function circlesIn(folder: string, arrows: readonly Arrow[]): Arrow[] {
  const childOf = (path: string) =>
    path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split("/")[0]! : undefined;
  const inside = arrows.flatMap((arrow) => {
    const [from, to] = arrow.map(childOf);
    return from !== undefined && to !== undefined && from !== to ? [{ arrow, from, to }] : [];
  });
  const next = Map.groupBy(inside, ({ from }) => from);
  const reached = (start: string) => {
    const seen = new Set([start]);
    for (const child of seen) for (const { to } of next.get(child) ?? []) seen.add(to);
    return seen;
  };
  return inside.filter(({ from, to }) => reached(to).has(from)).map(({ arrow }) => arrow);
}

function roomOf(path: string): string | undefined {
  return /^lib\/([a-z_]+)\//.exec(path)?.[1];
}

Deno.test("rooms import only along the arrows when the library is read", () => {
  const wrong: string[] = [];
  for (const path of SOURCES.filter((path) => path.startsWith("lib/") && !isTest(path))) {
    const room = roomOf(path);
    for (const specifier of specifiers(readText(path)).filter((name) => name.startsWith("."))) {
      const target = posix.join(posix.dirname(path), specifier);
      const fault = `${path} -> ${target}`;
      if (target.endsWith(".wgsl")) {
        if (!path.startsWith("lib/device/webgpu/")) wrong.push(fault);
      } else if (target.startsWith("lib/")) {
        const other = roomOf(target);
        const allowed = other === undefined || other === room || MAY[room ?? ""]?.includes(other);
        if (!allowed || isTest(target)) wrong.push(fault);
      } else if (target.endsWith(".ts")) wrong.push(fault);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("folders and files of a room form layers when their imports are followed", () => {
  const arrows = libraryArrows();
  const above = (path: string): string[] =>
    path === "." ? [] : [path, ...above(posix.dirname(path))];
  const folders = new Set(arrows.flat().flatMap((path) => above(posix.dirname(path))));
  assert.ok(folders.has("lib/circuit") && folders.has("lib/circuit/graph"));
  const circles = [...folders].sort().flatMap((folder) => circlesIn(folder, arrows));
  assert.deepEqual(circles.map((arrow) => arrow.join(" -> ")), []);
});

Deno.test("circlesIn() sees circles of folders and files, and none through a file that is used", () => {
  const circle: Arrow[] = [["r/a/x.ts", "r/b/y.ts"], ["r/b/z.ts", "r/a/w.ts"]];
  assert.deepEqual(circlesIn("r", circle), circle);
  assert.deepEqual(circlesIn("r", [["r/open.ts", "r/a/x.ts"], ["r/a/x.ts", "r/types.ts"]]), []);
  const long: Arrow[] = [["r/a/x.ts", "r/f.ts"], ["r/f.ts", "r/g.ts"], ["r/g.ts", "r/a/y.ts"]];
  assert.deepEqual(circlesIn("r", long), long);
  const pair: Arrow[] = [["r/a.ts", "r/b.ts"], ["r/b.ts", "r/a.ts"]];
  assert.deepEqual(circlesIn("r", pair), pair);
  assert.deepEqual(
    circlesIn("r", [["r/a/b/x.ts", "r/a/c/y.ts"], ["r/a/c/y.ts", "r/a/b/z.ts"]]),
    [],
  );
});

Deno.test("every room of the library is on the map when folders are listed", () => {
  const rooms = new Set(SOURCES.map(roomOf).filter((room) => room !== undefined));
  assert.deepEqual([...rooms].filter((room) => !(room in MAY)), []);
});

Deno.test("packages are named bare and stand in the import map when code imports them", () => {
  const known = Object.keys(denoConfig().imports);
  const wrong: string[] = [];
  for (const path of SOURCES) {
    for (const specifier of specifiers(readText(path))) {
      if (/^(\.|node:)/.test(specifier)) continue;
      const covered = known.some((name) =>
        specifier === name || (name.endsWith("/") && specifier.startsWith(name)) ||
        specifier.startsWith(`${name}/`)
      );
      if (!covered) wrong.push(`${path} ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("the import map pins exact versions and the lock covers them", () => {
  const lock = JSON.parse(readText("deno.lock")) as { specifiers: Record<string, string> };
  for (const [name, target] of Object.entries(denoConfig().imports)) {
    if (target.startsWith("./")) continue;
    assert.match(target, /^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/, name);
    assert.ok(target in lock.specifiers, `deno.lock does not know ${target}`);
  }
});

Deno.test("one version stands everywhere when papers are compared", () => {
  const { version } = denoConfig();
  assert.match(readText("CHANGELOG.md"), new RegExp(`^## \\[?${version}\\b`, "m"));
  assert.match(readText("CITATION.cff"), new RegExp(`^version: "?${version}"?$`, "m"));
});
