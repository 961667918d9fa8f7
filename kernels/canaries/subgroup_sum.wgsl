// Canary: sum over the subgroup, source [cells] -> out [cells], the subgroup's size in the upper half.
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    integers, exact. No `enable subgroups;`: naga 29 does not parse it.
// Reference   gfx-rs/wgpu#5555.
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(subgroup_size) size: u32,
) {
  let sum = subgroupAdd(source[id.x]);
  out[id.x] = sum | (size << 16u);
}
