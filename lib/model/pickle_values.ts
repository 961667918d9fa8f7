/**
 * What a checkpoint's pickle may contain. Plain data only: a global is a name here, never a thing
 * that could be run.
 *
 * @module
 */
import type { ElementType } from "../store/elements.ts";

/** Any value the unpickler builds. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | TorchStorage
  | TorchTensor;

/** A Python tuple. */
export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A Python list. */
export class PickleList {
  readonly items: PickleValue[] = [];
}

/** A key a dict may have. */
export type PickleKey = null | boolean | number | bigint | string;

/** A Python dict, or with `isOrdered` a `collections.OrderedDict`. */
export class PickleDict {
  readonly entries = new Map<PickleKey, PickleValue>();
  readonly isOrdered: boolean;
  constructor(isOrdered: boolean) {
    this.isOrdered = isOrdered;
  }
}

/** One of the few allowed globals, by its dotted name. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A run of elements in the file's record `data/<key>`. */
export class TorchStorage {
  readonly type: ElementType;
  readonly key: string;
  /** Elements in the record. */
  readonly count: number;
  constructor(type: ElementType, key: string, count: number) {
    this.type = type;
    this.key = key;
    this.count = count;
  }
}

/** A view of a storage; offset and strides are in elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(
    storage: TorchStorage,
    view: { offset: number; shape: readonly number[]; strides: readonly number[] },
  ) {
    this.storage = storage;
    this.offset = view.offset;
    this.shape = view.shape;
    this.strides = view.strides;
  }
}

/** Why a pickle is refused; the unpickler adds the opcode and its offset. */
export class PickleRefusal extends Error {
  override readonly name = "PickleRefusal";
  readonly is: string;
  readonly expected: string;
  constructor(is: string, expected: string) {
    super(`${is}, expected ${expected}`);
    this.is = is;
    this.expected = expected;
  }
}
