/**
 * Every failure neurite reports on purpose, by its stable code. docs/errors.md explains each one;
 * a test holds the two lists together.
 *
 * Exit codes: 2 usage, 3 outside tolerance under `--check`, 4 input missing or corrupt, 5 no usable
 * device or memory, 75 stopped or the folder in use (run again), 1 anything else.
 */
export const ERROR_CODES = {
  "E-USAGE": 2,
  "E-CHECK": 3,
  "E-FILE-MISSING": 4,
  "E-FILE-PERMISSION": 4,
  "E-FILE-FULL": 4,
  "E-FILE-CORRUPT": 4,
  "E-SAFETENSORS": 4,
  "E-PICKLE": 4,
  "E-CHECKPOINT": 4,
  "E-CONFIG": 4,
  "E-ARCHITECTURE": 4,
  "E-TENSOR-SHAPE": 4,
  "E-TOKENIZER": 4,
  "E-TOKENS": 4,
  "E-PROMPTS": 4,
  "E-CIRCUIT": 4,
  "E-CORPUS": 4,
  "E-SHARD": 4,
  "E-HUB": 4,
  "E-HUB-OFFLINE": 4,
  "E-HUB-SHA": 4,
  "E-HOOK": 2,
  "E-WRITE": 2,
  "E-GRAPH": 1,
  "E-FIGURE": 1,
  "E-STEPS": 1,
  "E-DEVICE": 5,
  "E-DEVICE-MEMORY": 5,
  "E-BUSY": 75,
  "E-STOPPED": 75,
} as const;

/** A key of {@linkcode ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
