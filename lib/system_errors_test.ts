import assert from "node:assert/strict";
import { cannot, NeuriteError } from "./errors.ts";
import { explainSystemError } from "./system_errors.ts";

const ATTEMPT = { do: "write", thing: "/data/a.bin" };

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

Deno.test("explainSystemError() gives each refusal of the system its code", () => {
  const cases: [string, string][] = [
    ["ENOSPC", "E-FILE-FULL"],
    ["EDQUOT", "E-FILE-FULL"],
    ["EROFS", "E-FILE-PERMISSION"],
    ["EACCES", "E-FILE-PERMISSION"],
    ["EPERM", "E-FILE-PERMISSION"],
    ["ENOENT", "E-FILE-MISSING"],
    ["EEXIST", "E-FILE-MISSING"],
    ["ENOTDIR", "E-FILE-MISSING"],
    ["EISDIR", "E-FILE-MISSING"],
    ["ENAMETOOLONG", "E-FILE-MISSING"],
    ["ELOOP", "E-FILE-MISSING"],
  ];
  for (const [code, expected] of cases) {
    const cause = withCode(code);
    const error = explainSystemError(cause, ATTEMPT);
    assert.equal(error?.code, expected, code);
    assert.match(error!.message, /^Cannot write "\/data\/a\.bin": .+, expected .+$/);
    assert.equal(error!.cause, cause);
    assert.notEqual(error!.hint, "");
  }
});

Deno.test("explainSystemError() names the flag that grants a permission of Deno's", () => {
  const refusal = (what: string, flag: string) =>
    new Deno.errors.NotCapable(`Requires ${what}, run again with the ${flag} flag`);
  const write = explainSystemError(refusal('write access to "/data"', "--allow-write"), ATTEMPT);
  assert.equal(write?.code, "E-FILE-PERMISSION");
  assert.match(write!.hint, /--allow-write=\/data/);
  const net = explainSystemError(refusal('net access to "hub:443"', "--allow-net"), ATTEMPT);
  assert.match(net!.hint, /--allow-net/);
  const guarded = explainSystemError(refusal('all access to "/proc/a"', "--allow-all"), ATTEMPT);
  assert.match(guarded!.hint, /^choose another path/);
});

Deno.test("explainSystemError() returns our own errors as they are and leaves others alone", () => {
  const parts = { do: "a", thing: "b", is: "c", expected: "d", hint: "e" };
  const own = cannot("E-TOKENS", parts);
  assert.equal(explainSystemError(own, ATTEMPT), own);
  assert.ok(own instanceof NeuriteError);
  for (const other of [new TypeError("x"), "text", null, undefined, withCode("EWHATEVER")]) {
    assert.equal(explainSystemError(other, ATTEMPT), undefined);
  }
});
