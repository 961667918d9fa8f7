import assert from "node:assert/strict";
import fc from "fast-check";
import { NeuriteError } from "../../errors.ts";
import { latin, pickledInteger, pickledTensor, pickledText } from "./testing.ts";
import { MAX_PICKLE_BYTES, unpickle } from "./pickle.ts";
import { PickleDict, PickleList, PickleTuple, TorchTensor } from "./pickle_values.ts";

/**
 * One OrderedDict pickled by CPython 3.11 with protocols 2, 3 and 4, its `_metadata` attribute set as
 * `state_dict()` does: a tensor, a parameter, and a list of every plain type.
 */
const BY_PYTHON = {
  2: "gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgBAAAAd3ECY3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkZsb2F0U3RvcmFnZQpxBVgBAAAAMHEGWAMAAABjcHVxB0sGdHEIUUsASwJLA4ZxCUsDSwGGcQqJaAApUnELdHEMUnENWAEAAABwcQ5jdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3BhcmFtZXRlcgpxD2gDKChoBGN0b3JjaApIYWxmU3RvcmFnZQpxEFgBAAAAMXERaAdLBHRxElFLAUsDhXETSwGFcRSJaAApUnEVdHEWUnEXiGgAKVJxGIdxGVJxGlgEAAAAbWlzY3EbXXEcKEsBSv////9KcBEBAIoGAAAAAAABiggAAAAAAAAAwEc/+AAAAAAAAFgCAAAAw6lxHYiJTihLAUsCSwNLBHRxHn1xH1gBAAAAYXEgXXEhc2V1fXEiWAkAAABfbWV0YWRhdGFxI2gAKVJxJChYAAAAAHElfXEmWAcAAAB2ZXJzaW9ucSdLAXNYAwAAAGguMHEofXEpaCdLAnN1c2Iu",
  4: "gASVfAEAAAAAAACMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAF3lIwMdG9yY2guX3V0aWxzlIwSX3JlYnVpbGRfdGVuc29yX3YylJOUKCiMB3N0b3JhZ2WUjAV0b3JjaJSMDEZsb2F0U3RvcmFnZZSTlIwBMJSMA2NwdZRLBnSUUUsASwJLA4aUSwNLAYaUiWgCKVKUdJRSlIwBcJRoBYwSX3JlYnVpbGRfcGFyYW1ldGVylJOUaAcoKGgIaAmMC0hhbGZTdG9yYWdllJOUjAExlGgNSwR0lFFLAUsDhZRLAYWUiWgCKVKUdJRSlIhoAilSlIeUUpSMBG1pc2OUXZQoSwFK/////0pwEQEAigYAAAAAAAGKCAAAAAAAAADARz/4AAAAAAAAjALDqZSIiU4oSwFLAksDSwR0lH2UjAFhlF2Uc2V1fZSMCV9tZXRhZGF0YZRoAilSlCiMAJR9lIwHdmVyc2lvbpRLAXOMA2guMJR9lGgvSwJzdXNiLg==",
};

function parse(text: string) {
  return unpickle(latin(text), "/x.bin");
}

function refuses(text: string, message: RegExp): void {
  assert.throws(() => parse(text), { code: "E-PICKLE", message });
}

for (const [protocol, base64] of Object.entries(BY_PYTHON)) {
  Deno.test(`unpickle() reads what Python's pickler writes with protocol ${protocol}`, () => {
    const state = unpickle(latin(atob(base64)), "/x.bin");
    assert.ok(state instanceof PickleDict && state.isOrdered);
    assert.deepEqual([...state.entries.keys()], ["w", "p", "misc"]);
    const w = state.entries.get("w");
    assert.ok(w instanceof TorchTensor);
    assert.deepEqual({ ...w.storage }, { type: "F32", key: "0", count: 6 });
    assert.deepEqual(w.view, { offset: 0, shape: [2, 3], strides: [3, 1] });
    const p = state.entries.get("p");
    assert.ok(p instanceof TorchTensor);
    assert.deepEqual([p.storage.type, p.view.offset, p.view.shape], ["F16", 1, [3]]);
    const misc = state.entries.get("misc");
    assert.ok(misc instanceof PickleList);
    assert.deepEqual(misc.items.slice(0, 10), [
      ...[1, -1, 70000, 2 ** 40, -(2n ** 62n), 1.5, "é", true, false, null],
    ]);
    assert.deepEqual(misc.items[10], new PickleTuple([1, 2, 3, 4]));
    assert.ok(misc.items[11] instanceof PickleDict);
  });
}

Deno.test("unpickle() refuses a global by its name, before anything could call it", () => {
  const command = `${pickledText("echo pwned")}\x85R.`;
  refuses(`\x80\x02cos\nsystem\n${command}`, /GLOBAL at byte 2: global "os.system", which was not/);
  refuses(`\x80\x02cposix\nsystem\n${command}`, /"posix.system"/);
  refuses(`\x80\x02cbuiltins\neval\n${command}`, /"builtins.eval"/);
  refuses(`\x80\x02c__builtin__\nexec\n${command}`, /"__builtin__.exec"/);
  const onStack = `\x8c\x02os\x8c\x06system\x93${command}`;
  refuses(`\x80\x04${onStack}`, /STACK_GLOBAL at byte 14: global "os.system"/);
  refuses("\x80\x02ctorch\nload\n.", /"torch.load"/);
  refuses("\x80\x02ctorch._utils\n_rebuild_tensor_v2.__globals__\n.", /__globals__"/);
  refuses("\x80\x02cconstructor\nconstructor\n.", /"constructor.constructor"/);
  refuses("\x80\x02ctorch\nFloat\x1b[2JStorage\n.", /not UTF-8|"torch.Float\\u\{1b\}\[2JStorage"/);
});

const OUTSIDE = {
  POP: "0",
  POP_MARK: "1",
  DUP: "2",
  INST: "(ios\nsystem\n",
  OBJ: "(o",
  NEWOBJ: "\x81",
  NEWOBJ_EX: "\x92",
  EXT1: "\x82\x01",
  PERSID: "P1\n",
  STRING: "S'x'\n",
  LONG4: "\x8b\xff\xff\xff\x7f",
  BINBYTES8: "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
  BYTEARRAY8: "\x96",
  EMPTY_SET: "\x8f",
  "0xff": "\xff",
};
for (const [name, text] of Object.entries(OUTSIDE)) {
  Deno.test(`unpickle() refuses the opcode ${name}`, () => {
    refuses(`\x80\x02${text}.`, new RegExp(`opcode ${name} at byte [23]: an opcode outside`));
  });
}

Deno.test("unpickle() sets attributes on nothing but an OrderedDict, where it drops them", () => {
  const empty = "ccollections\nOrderedDict\n)R";
  const dict = parse(`\x80\x02${empty}}${pickledText("__class__")}K\x01sb.`);
  assert.ok(dict instanceof PickleDict && dict.entries.size === 0);
  const state = "}";
  const tensor = pickledTensor({ count: 1, shape: [1], strides: [1] });
  for (const object of ["}", "]", ")", "N", tensor, "ctorch\nFloatStorage\n"]) {
    refuses(`\x80\x02${object}${state}b.`, /opcode BUILD at byte \d+: attributes set/);
  }
  refuses(`\x80\x02${empty})b.`, /opcode BUILD/);
});

Deno.test("unpickle() calls nothing but the three builders, with their arguments", () => {
  refuses("\x80\x02ctorch\nFloatStorage\n)R.", /REDUCE at byte \d+: a call of something else/);
  refuses("\x80\x02})R.", /a call of something else/);
  refuses("\x80\x02ccollections\nOrderedDict\n}R.", /a call of something else/);
  refuses("\x80\x02ccollections\nOrderedDict\nK\x01\x85R.", /OrderedDict of 1 arguments/);
  refuses("\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", /a tensor without storage/);
  refuses("\x80\x02ctorch._utils\n_rebuild_parameter\n)R.", /a parameter of something else/);
  refuses(`\x80\x02${pickledText("storage")}Q.`, /BINPERSID at byte 14: a persistent id/);
  const odd = (more: object) =>
    `\x80\x02${pickledTensor({ count: 1, shape: [1], strides: [1], ...more })}.`;
  refuses(odd({ strides: [1, 1] }), /bad offset, shape or strides/);
  refuses(odd({ shape: [2 ** 40] }), /bad offset, shape or strides/);
  refuses(odd({ storage: "UntypedStorage" }), /"torch.UntypedStorage"/);
});

Deno.test("unpickle() bounds stack, marks, memo and size", () => {
  refuses(`\x80\x02${"N".repeat(100_001)}`, /more than 100000 values on the stack/);
  refuses(`\x80\x02${"(".repeat(100_001)}`, /more than 100000 marks/);
  refuses(`\x80\x04N${"\x94".repeat(1_000_001)}.`, /MEMOIZE at byte \d+: more than 1000000 memo/);
  const long = new Uint8Array(MAX_PICKLE_BYTES + 1);
  assert.throws(() => unpickle(long, "/x.bin"), { message: /8388609 bytes of pickle/ });
});

Deno.test("unpickle() takes deep and self-holding values without recursion", () => {
  const deep = parse(`\x80\x02)${"\x85".repeat(1_000_000)}.`);
  assert.ok(deep instanceof PickleTuple);
  const loop = parse("\x80\x02]q\x00h\x00a.");
  assert.ok(loop instanceof PickleList && loop.items[0] === loop);
  const doubled = parse(`\x80\x04)${"\x94h\x00\x86".repeat(200)}.`);
  assert.ok(doubled instanceof PickleTuple);
});

Deno.test("unpickle() refuses programs that end early or misuse the stack", () => {
  refuses("", /opcode \(start\) at byte 0: an end after 0 bytes/);
  refuses("\x80\x02", /an end after 2 bytes/);
  refuses("\x80\x02X\xff\xff\xff\xff", /BINUNICODE at byte 2: an end/);
  refuses("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff", /BINUNICODE8 at byte 2: an end/);
  refuses("\x80\x02cos", /an end after/);
  refuses("\x80\x02.", /STOP at byte 2: an empty stack/);
  refuses("\x80\x02NN.", /STOP at byte 4: 1 values left/);
  refuses("\x80\x02N(.", /an empty stack/);
  refuses("\x80\x02N(\x85.", /TUPLE1 at byte 4: an empty stack/);
  refuses("\x80\x02t.", /no mark on the stack/);
  refuses("\x80\x02h\x05.", /memo entry 5/);
  refuses("\x80\x02}K\x01s.", /an empty stack|items set on no dict/);
  refuses("\x80\x02}(K\x01u.", /a key without value/);
  refuses("\x80\x02}])s.", /a dict key that is an object/);
  refuses("\x80\x02}Na.", /items added to no list/);
  refuses("\x80\x05N.", /PROTO at byte 0: protocol 5/);
  refuses(`\x80\x02\x8a\x09${"\0".repeat(9)}.`, /an integer of 9 bytes/);
  refuses("\x80\x02X\x01\0\0\0\xff.", /not UTF-8/);
});

Deno.test("unpickle() reads integers of every width", () => {
  for (const value of [0, 1, 255, 256, 2 ** 31, 2 ** 52]) {
    assert.equal(parse(`\x80\x02${pickledInteger(value)}.`), value);
  }
  assert.equal(parse("\x80\x02\x8a\x00."), 0);
  assert.equal(parse("\x80\x02\x8a\x01\xff."), -1);
  assert.equal(parse("\x80\x02J\xfe\xff\xff\xff."), -2);
});

Deno.test("unpickle() ends every mutated program with a value or its own error", () => {
  const whole = latin(atob(BY_PYTHON[2]));
  const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), fc.nat(8), (edits, cut) => {
      const bytes = whole.slice(0, whole.length - cut);
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      try {
        unpickle(bytes, "/x.bin");
      } catch (error) {
        if (!(error instanceof NeuriteError) || error.code !== "E-PICKLE") throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
