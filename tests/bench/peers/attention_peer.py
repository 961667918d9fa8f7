"""Attention deactivation the original's way: two forward passes a neuron and batch, in PyTorch.

Commands, one a line on standard input; each is answered with one JSON line:

    facts                                       versions and threads
    tokens FILE A H Q AFTER BATCH               reads tokens [B, T] of a safetensors file
    rank NEURON                                 one neuron over all rows: seconds, Pearson's r of
                                                activation and norm difference, its mean
    quit

Each batch of a rank runs the model twice, as the original does: clean, keeping the MLP's
activations, the head's keys, values, pattern and z; then with the neuron's output taken from the
residual and keys and values put back. All blocks run, the unembedding does not, which is less than
the original's passes do.
"""

import argparse
import json
import os
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


ARGUMENTS = parse_arguments()
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(ARGUMENTS.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

torch.set_num_threads(ARGUMENTS.threads)
torch.set_grad_enabled(False)


class Ablation:
    def __init__(self, model, words):
        path, layer, head, mlp, after, batch = words
        self.model = model.transformer
        self.tokens = load_file(path)["tokens"].long()
        self.after, self.batch, self.head = int(after), int(batch), int(head)
        self.block = self.model.h[int(layer)]
        self.mlp = self.model.h[int(mlp)].mlp
        self.width = self.model.config.n_embd
        self.size = self.width // self.model.config.n_head

    def run(self, tokens, hooks):
        """One pass of all blocks that keeps what the measures need."""
        kept = {}

        def keep(name, value):
            kept[name] = value.clone()

        handles = [
            self.mlp.act.register_forward_hook(lambda _m, _i, out: keep("post", out)),
            self.block.attn.c_attn.register_forward_hook(lambda _m, _i, out: keep("qkv", out)),
            self.block.attn.c_proj.register_forward_pre_hook(lambda _m, i: keep("z", i[0])),
            self.block.attn.register_forward_hook(lambda _m, _i, out: keep("pattern", out[1])),
        ]
        handles += hooks
        self.model(tokens, use_cache=False)
        for handle in handles:
            handle.remove()
        part = slice(self.head * self.size, (self.head + 1) * self.size)
        norm = kept["z"][..., part].norm(dim=-1)
        return kept, norm, kept["pattern"][:, self.head, :, 0]

    def ablated(self, tokens, kept, neuron):
        change = kept["post"][..., neuron, None] * self.mlp.c_proj.weight[neuron]
        change[:, : self.after] = 0

        def take(_module, inputs, keywords):
            if inputs:
                return (inputs[0] - change, *inputs[1:]), keywords
            return inputs, {**keywords, "hidden_states": keywords["hidden_states"] - change}

        def hold(_module, _inputs, output):
            held = output.clone()
            held[..., self.width :] = kept["qkv"][..., self.width :]
            return held

        hooks = [
            self.block.register_forward_pre_hook(take, with_kwargs=True),
            self.block.attn.c_attn.register_forward_hook(hold),
        ]
        _, norm, bos = self.run(tokens, hooks)
        return norm, bos

    def rank(self, neuron):
        activations, differences, attentions = [], [], []
        for tokens in self.tokens.split(self.batch):
            kept, clean, clean_bos = self.run(tokens, [])
            norm, bos = self.ablated(tokens, kept, neuron)
            activations.append(kept["post"][:, self.after :, neuron])
            differences.append((norm - clean)[:, self.after :])
            attentions.append((bos - clean_bos)[:, self.after :])
        pairs = torch.stack([torch.cat(part).flatten().double() for part in (activations, differences)])
        return {
            "pearson": torch.corrcoef(pairs)[0, 1].item(),
            "mean_norm_diff": pairs[1].mean().item(),
            "mean_bos_prob_diff": torch.cat(attentions).double().mean().item(),
        }


def main():
    model = transformers.GPT2LMHeadModel.from_pretrained(
        ARGUMENTS.model, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ablation = None
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        start = time.perf_counter()
        try:
            if words == ["facts"]:
                answer = {
                    "torch": torch.__version__,
                    "transformers": transformers.__version__,
                    "threads": torch.get_num_threads(),
                }
            elif words[0] == "tokens":
                ablation = Ablation(model, words[1:])
                answer = {"rows": len(ablation.tokens)}
            else:
                answer = ablation.rank(int(words[1]))
                answer["seconds"] = time.perf_counter() - start
        except Exception as error:  # the harness must hear of it, not wait
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
