import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTable } from "../../store/format/table.ts";
import { readTopics } from "./topics.ts";

const STRINGS = [" rice", "rice", " goal", "the"];

async function inFile<R>(name: string, data: Uint8Array | string, use: (path: string) => R) {
  const folder = await Deno.makeTempDir();
  const path = join(folder, name);
  await Deno.writeFile(path, typeof data === "string" ? new TextEncoder().encode(data) : data);
  try {
    return await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function topicsOf(name: string, data: Uint8Array | string) {
  const topics = await inFile(name, data, (path) => readTopics(path, STRINGS));
  return Object.fromEntries(topics.map(({ name, holds }) => [name, holds.join("")]));
}

Deno.test("readTopics() takes rows by id, by text or by order when the file has one of them", async () => {
  const expected = { cooking: "1000", sports: "0010" };
  const byId = ",cooking,sports\n2,False,True\n0,True,False\n";
  assert.deepEqual(await topicsOf("by_id.csv", byId), expected);
  const byOrder = "cooking,sports\n1,0\n0,0\n0,1\n0,0\n";
  assert.deepEqual(await topicsOf("by_order.csv", byOrder), expected);
  const byText = 'token_string,cooking,note\n" rice",true,a\nrice,true,b\nunknown,true,c\n';
  assert.deepEqual(await topicsOf("by_text.csv", byText), { cooking: "1100" });
  const parquet = encodeTable([
    { name: "token", type: "int32", values: [2, 0] },
    { name: "cooking", type: "boolean", values: [false, true] },
    { name: "sports", type: "boolean", values: [true, false] },
  ]);
  assert.deepEqual(await topicsOf("topics.parquet", parquet), expected);
});

Deno.test("readTopics() names the file when it has no topics, no rows it knows or uneven rows", async () => {
  const refused = (text: string, says: RegExp) =>
    inFile(
      "topics.csv",
      text,
      (path) =>
        assert.rejects(readTopics(path, STRINGS), (error: Error & { code?: string }) => {
          assert.equal(error.code, "E-FILE-CORRUPT");
          assert.ok(error.message.includes(path));
          assert.match(error.message, says);
          return true;
        }),
    );
  await refused("token,cooking\n0,maybe\n", /no column of true and false among 2/);
  await refused("cooking\ntrue\n", /1 rows of columns "cooking"/);
  await refused("token,cooking\n0\n", /1 fields in row 1, expected 2/);
  await refused("token,cooking\n9,true\n", /1 rows, none of a token of this model/);
  const absent = readTopics("no/such/topics.csv", STRINGS);
  await assert.rejects(absent, { code: "E-FILE-MISSING" });
});
