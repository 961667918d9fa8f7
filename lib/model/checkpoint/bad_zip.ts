import { cannot, type NeuriteError } from "../../errors.ts";

/** An `E-CHECKPOINT` error about an archive. */
export function badZip(path: string, is: string, expected: string, cause?: unknown): NeuriteError {
  return cannot("E-CHECKPOINT", {
    do: "read",
    thing: path,
    is,
    expected,
    hint: "the file is damaged or not a PyTorch checkpoint: fetch it again and compare its sha256",
    cause,
  });
}
