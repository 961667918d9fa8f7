/** Checkpoint files that are damaged or hostile. */
import { join } from "node:path";
import {
  concat,
  fields,
  makeZip,
  pickledState,
  pickledText,
} from "../../lib/model/checkpoint/testing.ts";
import { type BadInput, onDamaged } from "./case.ts";
import { cut, editHeader, type Header } from "./damage.ts";

const HUB = "gpt2-hub-style";
const MARKER = "the-pickle-was-run";

const onWeights = (damage: (path: string) => Promise<void>) =>
  onDamaged(HUB, (model) => damage(join(model, "model.safetensors")));

const onHeader = (edit: (header: Header) => void) => onWeights((path) => editHeader(path, edit));

const asText = (text: string) => onWeights((path) => Deno.writeTextFile(path, text));

/** The first two tensors in the order of their bytes. */
function firstTwo(header: Header) {
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  return [entries[0]![1], entries[1]![1]] as const;
}

const onPickle = (makePickle: (folder: string) => string) =>
  onDamaged("gpt2-crfm-style", async (model) => {
    const content = makePickle(join(model, ".."));
    const archive = makeZip([{ name: "archive/data.pkl", content }]);
    await Deno.writeFile(join(model, "pytorch_model.bin"), archive);
  });

const touch = (folder: string) => pickledText(`touch '${join(folder, MARKER)}'`);

/** Safetensors that break the format. */
export const SAFETENSORS_CASES: readonly BadInput[] = [
  {
    name: "safetensors cut in its data",
    prepare: onWeights((path) => cut(path, 100_000)),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /read "DIR\/model\/model\.safetensors": 100000 bytes, expected 148696 bytes by its/,
  },
  {
    name: "safetensors cut in its header",
    prepare: onWeights((path) => cut(path, 1_000)),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /a header of \d+ bytes, expected at most 992$/,
  },
  {
    name: "safetensors of 5 bytes",
    prepare: onWeights((path) => cut(path, 5)),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /: 5 bytes, expected at least 8$/,
  },
  {
    name: "safetensors of 0 bytes",
    prepare: onWeights((path) => cut(path, 0)),
    exit: 4,
    code: "E-FILE-CORRUPT",
    message: /: 0 bytes, expected a checkpoint$/,
  },
  {
    name: "safetensors with a header of 2^60 bytes",
    prepare: onWeights(async (path) => {
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, concat([fields([8, 2 ** 60]), bytes.subarray(8)]));
    }),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /a header of 1152921504606846976 bytes, expected at most 148688$/,
  },
  {
    name: "safetensors with overlapping tensors",
    prepare: onHeader((header) => {
      const [first, second] = firstTwo(header);
      second.data_offsets = second.data_offsets.map((at) => at - 4) as [number, number];
      second.data_offsets[0] = first.data_offsets[1] - 4;
    }),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /tensor ".+" at data byte \d+, overlapping the tensor before it, expected byte \d+$/,
  },
  {
    name: "safetensors with a hole between tensors",
    prepare: onHeader((header) => {
      const [first] = firstTwo(header);
      delete header[Object.keys(header).find((name) => header[name] === first)!];
    }),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /tensor ".+" at data byte \d+, after a hole, expected byte 0$/,
  },
  {
    name: "safetensors with an unknown element type",
    prepare: onHeader((header) => firstTwo(header)[0].dtype = "F8_E4M3"),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /with dtype "F8_E4M3", expected one of .*F32/,
  },
  {
    name: "safetensors with a tensor of 2^64 elements",
    prepare: onHeader((header) => firstTwo(header)[0].shape = [2 ** 32, 2 ** 32]),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /tensor ".+" with \d+ bytes, expected \d+ for F32 \[4294967296, 4294967296\]$/,
  },
  {
    name: "safetensors with weights that are integers",
    prepare: onHeader((header) => header["wte.weight"]!.dtype = "I32"),
    exit: 4,
    code: "E-SAFETENSORS",
    message: /tensor "wte\.weight" of I32, expected F64, F32, F16 or BF16$/,
  },
  {
    name: "git-lfs pointer in place of the weights",
    prepare: asText("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    exit: 4,
    code: "E-FILE-CORRUPT",
    message: /a git-lfs pointer, expected a checkpoint$/,
  },
  {
    name: "web page in place of the weights",
    prepare: asText("<!DOCTYPE html><html><body>404</body></html>"),
    exit: 4,
    code: "E-FILE-CORRUPT",
    message: /a web page, expected a checkpoint$/,
  },
];

/** PyTorch files that ask for more than tensors, or are no such files. */
export const PICKLE_CASES: readonly BadInput[] = [
  {
    name: "pickle that calls os.system",
    prepare: onPickle((folder) => `\x80\x02cos\nsystem\n${touch(folder)}\x85R.`),
    exit: 4,
    code: "E-PICKLE",
    message: /opcode GLOBAL at byte 2: global "os\.system", which was not run, expected only torch/,
  },
  {
    name: "pickle that calls posix.system beside a sound tensor",
    prepare: onPickle((folder) => {
      const tensor = { count: 4, shape: [4], strides: [1] };
      const state = pickledState({ "wte.weight": tensor }).slice(0, -1);
      const name = pickledText("posix") + pickledText("system");
      return `${state}${pickledText("x")}${name}\x93${touch(folder)}\x85Rs.`;
    }),
    exit: 4,
    code: "E-PICKLE",
    message: /opcode STACK_GLOBAL at byte \d+: global "posix\.system", which was not run/,
  },
  {
    name: "pickle with an opcode that makes objects",
    prepare: onPickle((folder) => `\x80\x02(cos\nsystem\n${touch(folder)}o.`),
    exit: 4,
    code: "E-PICKLE",
    message: /global "os\.system", which was not run/,
  },
  {
    name: "pickle whose tensor has no data",
    prepare: onPickle(() =>
      pickledState({ "wte.weight": { count: 14_400, shape: [300, 48], strides: [48, 1] } })
    ),
    exit: 4,
    code: "E-CHECKPOINT",
    message: /.+, expected .+/,
  },
  {
    name: "PyTorch file cut short",
    prepare: onDamaged(
      "gpt2-crfm-style",
      (model) => cut(join(model, "pytorch_model.bin"), 200_000),
    ),
    exit: 4,
    code: "E-CHECKPOINT",
    message: /read "DIR\/model\/pytorch_model\.bin": /,
  },
  {
    name: "PyTorch file from before PyTorch 1.6",
    prepare: onDamaged(
      "gpt2-crfm-style",
      (model) =>
        Deno.writeFile(join(model, "pytorch_model.bin"), Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c)),
    ),
    exit: 4,
    code: "E-CHECKPOINT",
    message: /a PyTorch file in the form from before PyTorch 1\.6, expected a zip archive$/,
  },
];
