// Logits of chosen tokens from their products: products [rows, width], columns i32 [width], base [rows, vocabulary],
// scale [rows], bias [vocabulary] -> out [rows, width] = scale · (base + product) + bias.
// Bindings    0 products, 1 columns, 2 base, 3 scale, 4 bias, 5 out, 6 params. Unused ones: any small buffer.
// Workgroup   256 threads along rows · width; workgroups wrap into y.
// Numerics    the order of unembed_stats.wgsl. A column outside the vocabulary gives params.missing: WGSL has no NaN.
// Reference   `unembedStats` (columnLogits) of the reference device.
override HAS_BASE: bool = false;
override HAS_SCALE: bool = false;
override HAS_BIAS: bool = false;

struct Params {
  rows: u32,
  width: u32,
  vocabulary: u32,
  missing: f32,
}

@group(0) @binding(0) var<storage, read> products: array<f32>;
@group(0) @binding(1) var<storage, read> columns: array<i32>;
@group(0) @binding(2) var<storage, read> base: array<f32>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + thread;
  if (at >= params.rows * params.width) {
    return;
  }
  let row = at / params.width;
  let column = columns[at - row * params.width];
  if (column < 0 || u32(column) >= params.vocabulary) {
    out[at] = params.missing;
    return;
  }
  var logit = products[at];
  if (HAS_BASE) {
    logit = logit + base[row * params.vocabulary + u32(column)];
  }
  if (HAS_SCALE && HAS_BIAS) {
    logit = fma(logit, scale[row], bias[column]);
  } else if (HAS_SCALE) {
    logit = logit * scale[row];
  } else if (HAS_BIAS) {
    logit = logit + bias[column];
  }
  out[at] = logit;
}
