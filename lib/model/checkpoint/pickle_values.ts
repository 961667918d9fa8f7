/**
 * What a checkpoint's pickle may contain. Plain data only: a global is a name here, never a thing
 * that could be run.
 *
 * @module
 */
import type { ElementType } from "../../store/format/elements.ts";

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
  /** A tuple of these. */
  constructor(
    /** Its values. */
    readonly items: readonly PickleValue[],
  ) {}
}

/** A Python list. */
export class PickleList {
  /** Its values. */
  readonly items: PickleValue[] = [];
}

/** A key a dict may have. */
export type PickleKey = null | boolean | number | bigint | string;

/** A Python dict. */
export class PickleDict {
  /** Its items, in order of insertion. */
  readonly entries = new Map<PickleKey, PickleValue>();
  /** An empty dict. */
  constructor(
    /** Whether it is a `collections.OrderedDict`. */
    readonly isOrdered: boolean,
  ) {}
}

/** One of the few allowed globals. */
export class PickleGlobal {
  /** The global of that name. */
  constructor(
    /** Its dotted name. */
    readonly name: string,
  ) {}
}

/** A run of elements in the file's record `data/<key>`. */
export class TorchStorage {
  /** A run that is not read yet. */
  constructor(
    /** Element type. */
    readonly type: ElementType,
    /** Last part of the record's name. */
    readonly key: string,
    /** Elements in the record. */
    readonly count: number,
  ) {}
}

/** Which elements of a storage a tensor shows; all counted in elements. */
export interface TorchView {
  /** The first one. */
  readonly offset: number;
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Step of each axis. */
  readonly strides: readonly number[];
}

/** A tensor that is not read yet. */
export class TorchTensor {
  /** A view of a storage. */
  constructor(
    /** Where its elements are. */
    readonly storage: TorchStorage,
    /** Which of them it shows. */
    readonly view: TorchView,
  ) {}
}

/** Why a pickle is refused; the unpickler adds the opcode and its offset. */
export class PickleRefusal extends Error {
  /** The class, as error reports print it. */
  override readonly name = "PickleRefusal";
  /** The two halves of the message. */
  constructor(
    /** What was found. */
    readonly is: string,
    /** What could have been there. */
    readonly expected: string,
  ) {
    super(`${is}, expected ${expected}`);
  }
}
