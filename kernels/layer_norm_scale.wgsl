// The divisor of layer norm: x [rows, width] -> out [rows], √(variance + epsilon).
// Bindings    0 x, 1 out, 2 params.
// Workgroup   256 threads a row; workgroups wrap into y.
// Numerics    as layer_norm.wgsl, two passes and tree sums (shared/row_reduce.wgsl, appended).
// Reference   `layerNormScale` of the reference device.
const THREADS = 256u;

struct Params {
  rows: u32,
  width: u32,
  inverseWidth: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

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
  var squares = 0.0;
  for (var i = thread; i < params.width; i += THREADS) {
    let centred = x[base + i] - mean;
    squares = fma(centred, centred, squares);
  }
  let scale = sqrt(rowSum(thread, squares) * params.inverseWidth + params.epsilon);
  if (thread == 0u) {
    out[row] = scale;
  }
}
