/** Model directories whose files are sound, but do not belong together or are not all there. */
import { join } from "node:path";
import { type BadInput, onDamaged } from "./case.ts";
import { editJson } from "./damage.ts";

const HUB = "gpt2-hub-style";
const NEOX = "neox-sequential-style";

const onIndex = (edit: Record<string, unknown>) =>
  onDamaged(NEOX, (model) => editJson(join(model, "model.safetensors.index.json"), edit));

const onConfig = (edit: Record<string, unknown>) =>
  onDamaged(HUB, (model) => editJson(join(model, "config.json"), edit));

/** Configurations, shards and folders. */
export const MODEL_CASES: readonly BadInput[] = [
  {
    name: "missing shard",
    prepare: onDamaged(
      NEOX,
      (model) => Deno.remove(join(model, "model-00003-of-00005.safetensors")),
    ),
    exit: 4,
    code: "E-FILE-MISSING",
    message:
      /00003-of-00005\.safetensors": no such file, expected the shard that DIR\/model\/model\./,
  },
  {
    name: "index that points out of its folder",
    prepare: onIndex({ weight_map: { "gpt_neox.embed_in.weight": "../../secret.safetensors" } }),
    exit: 4,
    code: "E-CHECKPOINT",
    message:
      /in file "\.\.\/\.\.\/secret\.safetensors", expected a plain file name beside the index/,
  },
  {
    name: "index without a weight map",
    prepare: onIndex({ weight_map: null }),
    exit: 4,
    code: "E-CHECKPOINT",
    message: /an index without weight_map, expected file names by tensor$/,
  },
  {
    name: "weights of another vocabulary",
    prepare: onConfig({ vocab_size: 301 }),
    exit: 4,
    code: "E-TENSOR-SHAPE",
    message: /tensor "wte\.weight": \[300, 32\] in DIR.+, expected \[301, 32\] by config\.json$/,
  },
  {
    name: "weights of another width",
    prepare: onConfig({ n_embd: 64 }),
    exit: 4,
    code: "E-TENSOR-SHAPE",
    message: /: \[300, 32\] in DIR.+, expected \[300, 64\] by config\.json$/,
  },
  {
    name: "weights of fewer layers",
    prepare: onConfig({ n_layer: 3 }),
    exit: 4,
    code: "E-CHECKPOINT",
    message:
      /tensor "h\.2\.ln_1\.weight": missing from DIR.+, expected it, nearest is "h\.[01]\.ln_1/,
  },
  {
    name: "unknown architecture",
    prepare: onConfig({ model_type: "llama" }),
    exit: 4,
    code: "E-ARCHITECTURE",
    message: /config\.json": model_type "llama", expected "gpt2" or "gpt_neox"$/,
  },
  {
    name: "setting that is not computed",
    prepare: onConfig({ activation_function: "relu" }),
    exit: 4,
    code: "E-CONFIG",
    message: /activation_function is "relu", expected one of gelu_new/,
  },
  {
    name: "configuration of a million layers",
    prepare: onConfig({ n_layer: 1e6 }),
    exit: 4,
    code: "E-CONFIG",
    message: /n_layer is 1000000, expected a whole number from 1 to 512$/,
  },
  {
    name: "heads that do not divide the width",
    prepare: onConfig({ n_head: 5 }),
    exit: 4,
    code: "E-CONFIG",
    message: /n_embd is 32, expected a multiple of the 5 heads$/,
  },
  {
    name: "configuration that is not JSON",
    prepare: onDamaged(HUB, (model) => Deno.writeTextFile(join(model, "config.json"), "{,}")),
    exit: 4,
    code: "E-CONFIG",
    message: /config\.json": 3 bytes that are not JSON, expected a JSON object in UTF-8$/,
  },
  {
    name: "model directory without configuration",
    prepare: onDamaged(HUB, (model) => Deno.remove(join(model, "config.json"))),
    exit: 4,
    code: "E-FILE-MISSING",
    message:
      /open model "DIR\/model": no directory with a config\.json, expected config\.json with/,
  },
  {
    name: "model directory without weights",
    prepare: onDamaged(HUB, (model) => Deno.remove(join(model, "model.safetensors"))),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /"DIR\/model": no checkpoint, expected one of model\.safetensors, /,
  },
  {
    name: "model directory with a download under way",
    prepare: onDamaged(
      HUB,
      (model) =>
        Deno.rename(join(model, "model.safetensors"), join(model, "model.safetensors.incomplete")),
    ),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /a download still under way \("model\.safetensors\.incomplete"\), expected one of/,
  },
];
