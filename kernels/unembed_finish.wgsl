// One statistic from the running sums of unembed_stats.wgsl: state [rows] vec4 -> out [rows].
// Bindings    0 state, 1 targetLogit [rows] (rank only, else any small buffer), 2 out, 3 params.
// Workgroup   64 threads, one row each; workgroups wrap into y.
// Numerics    entropy = ln s − w / s in nats. The rank of a target whose logit is NaN is NaN, not 0.
// Reference   `unembedStats` of the reference device.
// 0 logZ, 1 entropy, 2 rank.
override STAT: u32 = 0u;

struct Params {
  rows: u32,
}

@group(0) @binding(0) var<storage, read> state: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> targetLogit: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// By bits: drivers fold `v != v` to false.
fn isNan(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u;
}

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
  let sums = state[row];
  if (STAT == 0u) {
    out[row] = sums.x + log(sums.y);
  } else if (STAT == 1u) {
    out[row] = log(sums.y) - sums.z / sums.y;
  } else if (isNan(targetLogit[row])) {
    out[row] = targetLogit[row];
  } else {
    out[row] = sums.w;
  }
}
