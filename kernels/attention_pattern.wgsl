// Causal softmax: scores [rows = B·H·T, keys] -> out of the same shape, exactly 0 where masked.
// Row t of T sees keys 0 .. t + shift; masked scores are never read, whatever a hook wrote there.
// Bindings    0 scores, 1 out, 2 params.
// Workgroup   64 threads a row; workgroups wrap into y.
// Numerics    shifted by the row's largest score; tree sums (shared/row_reduce.wgsl, appended). A NaN that the
//             maximum drops comes back through the sum.
// Reference   `attentionPattern` of the reference device.
const THREADS = 64u;

struct Params {
  rows: u32,
  queries: u32,
  keys: u32,
  // keys - queries.
  shift: i32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let base = row * params.keys;
  let seen = u32(clamp(i32(row % params.queries) + params.shift + 1, 0, i32(params.keys)));
  // Key 0 is seen by every row that sees any; it stands in for threads that hold no key.
  var largest = scores[base];
  for (var s = thread; s < seen; s += THREADS) {
    largest = max(largest, scores[base + s]);
  }
  let shift = rowMax(thread, largest);
  var sum = 0.0;
  for (var s = thread; s < seen; s += THREADS) {
    sum = sum + exp(scores[base + s] - shift);
  }
  let total = rowSum(thread, sum);
  for (var s = thread; s < params.keys; s += THREADS) {
    if (s < seen) {
      out[base + s] = exp(scores[base + s] - shift) / total;
    } else {
      out[base + s] = 0.0;
    }
  }
}
