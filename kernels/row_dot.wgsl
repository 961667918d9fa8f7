// One logit a row: x [rows, width], table rows picked [rows, width], bias [rows] -> out [rows].
// Bindings    0 x, 1 picked, 2 bias, 3 out, 4 params.
// Workgroup   64 threads, one row each; workgroups wrap into y.
// Numerics    ascending k with fma from 0, then the bias, as the GEMMs: a target ties exactly with an equal token.
// Reference   `unembedStats` (targetLogit) of the reference device.
override HAS_BIAS: bool = false;

struct Params {
  rows: u32,
  width: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> picked: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = (group.y * groups.x + group.x) * 64u + thread;
  if (row >= params.rows) {
    return;
  }
  var sum = 0.0;
  for (var k = 0u; k < params.width; k++) {
    sum = fma(x[row * params.width + k], picked[row * params.width + k], sum);
  }
  if (HAS_BIAS) {
    sum = sum + bias[row];
  }
  out[row] = sum;
}
