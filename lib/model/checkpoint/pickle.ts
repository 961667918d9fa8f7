/**
 * A restricted unpickler for PyTorch state dicts, protocols 2 to 4. It builds dicts, lists, tuples,
 * numbers, strings and tensors, and runs nothing: a pickle is a program, and this machine lacks the
 * instructions that could do harm. The same restriction as PyTorch's `weights_only=True`, narrower.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { PickleMachine } from "./pickle_machine.ts";
import { OPCODE_NAMES } from "./pickle_opcodes.ts";
import { callGlobal, findGlobal, storageOf } from "./pickle_torch.ts";
import {
  PickleDict,
  PickleList,
  PickleRefusal,
  PickleTuple,
  type PickleValue,
} from "./pickle_values.ts";

/** A checkpoint of 1,000 tensors has some 100 kB of pickle; the weights lie outside it. */
export const MAX_PICKLE_BYTES = 8 << 20;

const OPERATIONS: Readonly<Record<string, (machine: PickleMachine) => void>> = {
  PROTO: (machine) => checkProtocol(machine.takeUnsigned(1)),
  FRAME: (machine) => void machine.takeUnsigned(8),
  MARK: (machine) => machine.mark(),
  NONE: (machine) => machine.push(null),
  NEWTRUE: (machine) => machine.push(true),
  NEWFALSE: (machine) => machine.push(false),
  BININT: (machine) => machine.push(machine.takeInt32()),
  BININT1: (machine) => machine.push(machine.takeUnsigned(1)),
  BININT2: (machine) => machine.push(machine.takeUnsigned(2)),
  LONG1: (machine) => machine.push(machine.takeLong(machine.takeUnsigned(1))),
  BINFLOAT: (machine) => machine.push(machine.takeFloat64()),
  SHORT_BINUNICODE: (machine) => machine.push(machine.takeText(machine.takeUnsigned(1))),
  BINUNICODE: (machine) => machine.push(machine.takeText(machine.takeUnsigned(4))),
  BINUNICODE8: (machine) => machine.push(machine.takeText(machine.takeUnsigned(8))),
  EMPTY_TUPLE: (machine) => machine.push(new PickleTuple([])),
  TUPLE1: (machine) => machine.push(new PickleTuple(machine.popMany(1))),
  TUPLE2: (machine) => machine.push(new PickleTuple(machine.popMany(2))),
  TUPLE3: (machine) => machine.push(new PickleTuple(machine.popMany(3))),
  TUPLE: (machine) => machine.push(machine.tupleToMark()),
  EMPTY_LIST: (machine) => machine.push(new PickleList()),
  APPEND: (machine) => append(machine, machine.popMany(1)),
  APPENDS: (machine) => append(machine, machine.popToMark()),
  EMPTY_DICT: (machine) => machine.push(new PickleDict(false)),
  SETITEM: (machine) => machine.setItems(machine.popMany(2)),
  SETITEMS: (machine) => machine.setItems(machine.popToMark()),
  BINPUT: (machine) => machine.remember(machine.takeUnsigned(1)),
  LONG_BINPUT: (machine) => machine.remember(machine.takeUnsigned(4)),
  MEMOIZE: (machine) => machine.remember(),
  BINGET: (machine) => machine.recall(machine.takeUnsigned(1)),
  LONG_BINGET: (machine) => machine.recall(machine.takeUnsigned(4)),
  GLOBAL: (machine) => machine.push(findGlobal(machine.takeLine(), machine.takeLine())),
  STACK_GLOBAL: stackGlobal,
  BINPERSID: (machine) => machine.push(storageOf(machine.pop())),
  REDUCE: reduce,
  BUILD: build,
};

/**
 * The value a pickle describes.
 *
 * @param path absolute path of the file it came from, for messages
 * @throws {NeuriteError} `E-PICKLE` naming the opcode and its offset, and the global if that is the
 * reason.
 */
export function unpickle(bytes: Uint8Array, path: string): PickleValue {
  const machine = new PickleMachine(bytes);
  let name = "(start)";
  let offset = 0;
  try {
    if (bytes.length > MAX_PICKLE_BYTES) {
      throw new PickleRefusal(`${bytes.length} bytes of pickle`, `at most ${MAX_PICKLE_BYTES}`);
    }
    while (true) {
      offset = machine.offset;
      const opcode = machine.takeUnsigned(1);
      name = OPCODE_NAMES.get(opcode) ?? `0x${opcode.toString(16).padStart(2, "0")}`;
      if (name === "STOP") return machine.finish();
      const operation = OPERATIONS[name];
      if (!operation) throw new PickleRefusal("an opcode outside state dicts", "plain data");
      operation(machine);
    }
  } catch (error) {
    if (!(error instanceof PickleRefusal)) throw error;
    throw cannot("E-PICKLE", {
      do: "read",
      thing: path,
      is: `pickle opcode ${name} at byte ${offset}: ${error.is}`,
      expected: error.expected,
      hint:
        "nothing in the file was run; get the model as safetensors, or save its state_dict anew",
      cause: error,
    });
  }
}

function checkProtocol(protocol: number): void {
  if (protocol < 2 || protocol > 4) {
    throw new PickleRefusal(`protocol ${protocol}`, "2, 3 or 4");
  }
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.top();
  if (!(list instanceof PickleList)) throw new PickleRefusal("items added to no list", "a list");
  for (const item of items) list.items.push(item);
}

function stackGlobal(machine: PickleMachine): void {
  const [module, name] = machine.popMany(2);
  if (typeof module !== "string" || typeof name !== "string") {
    throw new PickleRefusal("a global without a name", "two strings");
  }
  machine.push(findGlobal(module, name));
}

function reduce(machine: PickleMachine): void {
  const [callee, args] = machine.popMany(2) as [PickleValue, PickleValue];
  machine.push(callGlobal(callee, args));
}

/** Drops the attributes of an OrderedDict: `state_dict()` hangs its `_metadata` there. */
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const object = machine.top();
  if (!(object instanceof PickleDict) || !object.isOrdered || !(state instanceof PickleDict)) {
    throw new PickleRefusal("attributes set on something else", "on an OrderedDict");
  }
}
