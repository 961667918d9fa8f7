// One logit a row: x [rows, width], table rows picked [rows, width], targets i32 [rows], base [rows, vocabulary],
// scale [rows], bias [rows] -> out [rows] = scale · (base + x · picked) + bias.
// Bindings    0 x, 1 picked, 2 targets, 3 base, 4 scale, 5 bias, 6 out, 7 params. Unused ones: any small buffer.
// Workgroup   64 threads, one row each; workgroups wrap into y.
// Numerics    ascending k with fma from 0, as the GEMMs, then base, scale and bias as unembed_stats.wgsl: a target ties
//             exactly with an equal token.
// Reference   `unembedStats` (targetLogit) of the reference device.
override HAS_BASE: bool = false;
override HAS_SCALE: bool = false;
override HAS_BIAS: bool = false;

struct Params {
  rows: u32,
  width: u32,
  vocabulary: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> picked: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<i32>;
@group(0) @binding(3) var<storage, read> base: array<f32>;
@group(0) @binding(4) var<storage, read> scale: array<f32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

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
  // A target outside the vocabulary has picked NaN, whatever stands at the clamped place in the base.
  if (HAS_BASE) {
    sum = sum + base[row * params.vocabulary + min(u32(targets[row]), params.vocabulary - 1u)];
  }
  if (HAS_SCALE && HAS_BIAS) {
    sum = fma(sum, scale[row], bias[row]);
  } else if (HAS_SCALE) {
    sum = sum * scale[row];
  } else if (HAS_BIAS) {
    sum = sum + bias[row];
  }
  out[row] = sum;
}
