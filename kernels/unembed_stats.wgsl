// Adds a slice of the vocabulary to each row's running statistics: products [rows, width] (tokens start .. start + width),
// targets i32 [rows], targetLogit [rows], before [rows] -> after [rows], both vec4 of
//   (m = largest logit so far, Σ exp(l − m), Σ exp(l − m)·(l − m), number of logits above the target's),
// with l = scale [rows] · (base [rows, vocabulary] + product) + bias [vocabulary].
// Bindings    0 products, 1 targets, 2 targetLogit, 3 before, 4 after, 5 base, 6 scale, 7 bias, 8 params. Unused ones: any
//             small buffer.
// Workgroup   256 threads a row; workgroups wrap into y.
// Numerics    a logit is made in both passes, in one order, by the same fma. The entropy's sum is taken of l − m, not of
//             l, so it does not cancel; tree sums (shared/row_reduce.wgsl, appended). A NaN that the maximum drops
//             comes back through the sums.
// Reference   `unembedStats` of the reference device.
const THREADS = 256u;
override HAS_TARGETS: bool = false;
// The first slice has no `before`.
override FIRST: bool = false;
override HAS_BASE: bool = false;
override HAS_SCALE: bool = false;
override HAS_BIAS: bool = false;

struct Params {
  rows: u32,
  start: u32,
  width: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<storage, read> products: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<i32>;
@group(0) @binding(2) var<storage, read> targetLogit: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> after: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> base: array<f32>;
@group(0) @binding(6) var<storage, read> scale: array<f32>;
@group(0) @binding(7) var<storage, read> bias: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

fn logitAt(row: u32, i: u32) -> f32 {
  let product = products[row * params.width + i];
  let token = params.start + i;
  var logit = product;
  if (HAS_BASE) {
    logit = logit + base[row * params.vocabulary + token];
  }
  if (HAS_SCALE && HAS_BIAS) {
    return fma(logit, scale[row], bias[token]);
  }
  if (HAS_SCALE) {
    return logit * scale[row];
  }
  if (HAS_BIAS) {
    return logit + bias[token];
  }
  return logit;
}

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
  var target_ = -1;
  var threshold = 0.0;
  if (HAS_TARGETS) {
    target_ = targets[row];
    threshold = targetLogit[row];
  }
  // The slice is never empty, so its first logit can stand in for threads that hold none.
  var largest = logitAt(row, 0u);
  var above = 0.0;
  for (var i = thread; i < params.width; i += THREADS) {
    let logit = logitAt(row, i);
    largest = max(largest, logit);
    if (HAS_TARGETS && logit > threshold && i32(params.start + i) != target_) {
      above = above + 1.0;
    }
  }
  var shift = rowMax(thread, largest);
  var carried = vec3<f32>(0.0);
  if (!FIRST) {
    let old = before[row];
    shift = max(shift, old.x);
    let drop = old.x - shift;
    let factor = exp(drop);
    carried = vec3<f32>(old.y * factor, factor * fma(drop, old.y, old.z), old.w);
  }
  var sum = 0.0;
  var weighted = 0.0;
  for (var i = thread; i < params.width; i += THREADS) {
    let centred = logitAt(row, i) - shift;
    let e = exp(centred);
    sum = sum + e;
    weighted = fma(e, centred, weighted);
  }
  let total = rowSum(thread, sum) + carried.x;
  let totalWeighted = rowSum(thread, weighted) + carried.y;
  let totalAbove = rowSum(thread, above) + carried.z;
  if (thread == 0u) {
    after[row] = vec4<f32>(shift, total, totalWeighted, totalAbove);
  }
}
