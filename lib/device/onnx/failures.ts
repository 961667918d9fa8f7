import { cannot, NeuriteError } from "../../errors.ts";

const OUT_OF_MEMORY = /bad_alloc|out of memory|\bOOM\b|allocation failed|failed to allocate/i;

/** What ONNX Runtime threw, as an error of the suite; it throws objects, strings and numbers. */
export function deviceFailure(doing: string, thing: string, cause: unknown): NeuriteError {
  if (cause instanceof NeuriteError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const isMemory = OUT_OF_MEMORY.test(said);
  return cannot(isMemory ? "E-DEVICE-MEMORY" : "E-DEVICE", {
    do: doing,
    thing,
    is: said.replaceAll(/\s+/g, " ").trim(),
    expected: isMemory ? "enough free memory" : "ONNX Runtime to do it without an error",
    hint: isMemory ? "lower --memory, or read fewer hooks at once" : "deno task doctor",
    cause,
  });
}
