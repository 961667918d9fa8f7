// Layer norm: x [rows, width], weight [width], bias [width] -> out [rows, width]; biased variance.
// Bindings    0 x, 1 weight, 2 bias, 3 out, 4 params.
// Workgroup   256 threads a row; workgroups wrap into y.
// Numerics    two passes: the mean, then the centred squares; shared/row_reduce.wgsl (appended) sums in a tree.
//             The same arithmetic as layer_norm_scale then layer_norm_apply, to the bit.
// Reference   `layerNorm` of the reference device.
const THREADS = 256u;

struct Params {
  rows: u32,
  width: u32,
  // 1 / width, divided on the host: GPU division is only good to 2.5 ulp.
  inverseWidth: f32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  for (var i = thread; i < params.width; i += THREADS) {
    out[base + i] = fma((x[base + i] - mean) / scale, weight[i], bias[i]);
  }
}
