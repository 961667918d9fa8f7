// Canary: writes every cell of out [cells] with its index plus source[0]; the host fills out with poison first.
// Bindings    0 source, 1 out.
// Workgroup   256 threads along out.
// Numerics    integers, exact.
// Reference   gfx-rs/wgpu#9176, a dispatch skipped without an error.
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  out[id.x] = id.x + source[0];
}
