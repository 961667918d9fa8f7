/**
 * The only globals a checkpoint may name, and what they build: storages, tensors, parameters and
 * ordered dicts. Everything else that Python could import stays a refused name.
 *
 * @module
 */
import type { ElementType } from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import {
  PickleDict,
  PickleGlobal,
  PickleRefusal,
  PickleTuple,
  type PickleValue,
  TorchStorage,
  TorchTensor,
} from "./pickle_values.ts";

const STORAGE_TYPES: ReadonlyMap<string, ElementType> = new Map([
  ["torch.DoubleStorage", "F64"],
  ["torch.FloatStorage", "F32"],
  ["torch.HalfStorage", "F16"],
  ["torch.BFloat16Storage", "BF16"],
  ["torch.LongStorage", "I64"],
  ["torch.IntStorage", "I32"],
  ["torch.ShortStorage", "I16"],
  ["torch.CharStorage", "I8"],
  ["torch.ByteStorage", "U8"],
  ["torch.BoolStorage", "BOOL"],
]);

type Builder = (args: readonly PickleValue[]) => PickleValue;

const BUILDERS: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["collections.OrderedDict", rebuildOrderedDict],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", rebuildParameter],
]);

/** The format's limit is far above this; GPT-2 XL's largest extent is 50,257. */
const MAX_EXTENT = 2 ** 32;
/** Largest position in a record that is still an exact number. */
const MAX_POSITION = Number.MAX_SAFE_INTEGER;
/** PyTorch's own limit on axes. */
const MAX_AXES = 64;

/** The global of that name. */
export function findGlobal(module: string, name: string): PickleGlobal {
  const dotted = `${module}.${name}`;
  if (STORAGE_TYPES.has(dotted) || BUILDERS.has(dotted)) return new PickleGlobal(dotted);
  throw new PickleRefusal(
    `global ${quote(dotted)}, which was not run`,
    "only torch storages, tensors and ordered dicts",
  );
}

/** What calling a global with these arguments builds. */
export function callGlobal(callee: PickleValue, args: PickleValue): PickleValue {
  const builder = callee instanceof PickleGlobal ? BUILDERS.get(callee.name) : undefined;
  if (!builder || !(args instanceof PickleTuple)) {
    throw new PickleRefusal("a call of something else", "a tensor, parameter or OrderedDict");
  }
  return builder(args.items);
}

/** The storage a persistent id names: `("storage", class, key, location, count)`. */
export function storageOf(id: PickleValue): TorchStorage {
  const [kind, storageClass, key, , count] = id instanceof PickleTuple ? id.items : [];
  const type = storageClass instanceof PickleGlobal && STORAGE_TYPES.get(storageClass.name);
  if (kind !== "storage" || !type || typeof key !== "string" || !isWhole(count, MAX_POSITION)) {
    throw new PickleRefusal(
      "a persistent id of another form",
      '("storage", class, key, location, count)',
    );
  }
  return new TorchStorage(type, key, count);
}

function rebuildOrderedDict(args: readonly PickleValue[]): PickleDict {
  if (args.length === 0) return new PickleDict(true);
  throw new PickleRefusal(`OrderedDict of ${args.length} arguments`, "none");
}

function rebuildParameter(args: readonly PickleValue[]): TorchTensor {
  const [tensor] = args;
  if (args.length === 3 && tensor instanceof TorchTensor) return tensor;
  throw new PickleRefusal("a parameter of something else", "a tensor and two settings");
}

function rebuildTensor(args: readonly PickleValue[]): TorchTensor {
  const [storage, offset, shape, strides] = args;
  if (args.length < 6 || args.length > 7 || !(storage instanceof TorchStorage)) {
    throw new PickleRefusal("a tensor without storage", "a storage and five or six settings");
  }
  const extents = wholeNumbers(shape, MAX_EXTENT);
  const steps = wholeNumbers(strides, MAX_POSITION);
  if (!isWhole(offset, MAX_POSITION) || !extents || steps?.length !== extents.length) {
    throw new PickleRefusal(
      "a tensor with a bad offset, shape or strides",
      `whole numbers, as many strides as extents, at most ${MAX_AXES}`,
    );
  }
  return new TorchTensor(storage, { offset, shape: extents, strides: steps });
}

function wholeNumbers(value: PickleValue | undefined, most: number): number[] | undefined {
  if (!(value instanceof PickleTuple) || value.items.length > MAX_AXES) return undefined;
  const items = value.items.filter((item) => isWhole(item, most));
  return items.length === value.items.length ? items : undefined;
}

function isWhole(value: PickleValue | undefined, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
