// Layer norm with a given divisor: x [rows, width], scale [rows], weight, bias [width] -> out [rows, width].
// Bindings    0 x, 1 scale, 2 weight, 3 bias, 4 out, 5 params.
// Workgroup   256 threads a row; workgroups wrap into y.
// Numerics    the mean as in layer_norm.wgsl (shared/row_reduce.wgsl, appended).
// Reference   `layerNormApply` of the reference device.
const THREADS = 256u;

struct Params {
  rows: u32,
  width: u32,
  inverseWidth: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= params.rows) {
    return;
  }
  let base = row * params.width;
  var sum = 0.0;
  for (var i = thread; i < params.width; i += THREADS) {
    sum = sum + x[base + i];
  }
  let mean = rowSum(thread, sum) * params.inverseWidth;
  for (var i = thread; i < params.width; i += THREADS) {
    out[base + i] = fma((x[base + i] - mean) / scale[row], weight[i], bias[i]);
  }
}
