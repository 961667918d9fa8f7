"""Neurons held at an activation on PyTorch as the original does it: one hooked forward pass a value.

Commands, one a line on standard input; each is answered with one JSON line:

    facts                               versions and threads
    tokens FILE                         reads `tokens` [B, T] of a safetensors file
    run LAYER NEURON VALUE RANK         one intervention; RANK is `sort`, the original's ranking of the
                                        whole vocabulary, or `count`, which compares with the target;
                                        answers seconds and the means of loss, entropy, rank and scale
    quit
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
    parser.add_argument("--batch", type=int, default=1, help="rows of a forward pass")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(ARGUMENTS.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

torch.set_num_threads(ARGUMENTS.threads)
torch.set_grad_enabled(False)


def measures(logits, tokens, rank):
    """Loss, entropy and rank of every position, as the original computes them."""
    log_probs = torch.log_softmax(logits, -1)
    targets = tokens[:, 1:, None]
    loss = -log_probs[:, :-1].gather(2, targets)[..., 0]
    probs = log_probs.exp()
    entropy = -(probs * torch.log(probs + 1e-8)).sum(-1)
    if rank == "sort":
        order = torch.argsort(logits[:, :-1], dim=-1, descending=True)
        ranks = (order == targets).int().argmax(-1)
    else:
        ranks = (logits[:, :-1] > logits[:, :-1].gather(2, targets)).sum(-1)
    return loss, entropy, ranks


def run(model, tokens, layer, neuron, value, rank):
    scales = []

    def hold(_module, _inputs, output):
        output = output.clone()
        output[..., neuron] = value
        return output

    def record(_module, inputs):
        x = inputs[0] - inputs[0].mean(-1, keepdim=True)
        scales.append(torch.sqrt((x**2).mean(-1) + model.config.layer_norm_epsilon))

    transformer = model.transformer
    handles = [
        transformer.h[layer].mlp.act.register_forward_hook(hold),
        transformer.ln_f.register_forward_pre_hook(record),
    ]
    parts = [
        measures(model(rows, use_cache=False).logits, rows, rank)
        for rows in tokens.split(ARGUMENTS.batch)
    ]
    for handle in handles:
        handle.remove()
    loss, entropy, ranks = (torch.cat(part).double().mean().item() for part in zip(*parts))
    scale = torch.cat(scales).double().mean().item()
    return {"loss": loss, "entropy": entropy, "rank": ranks, "scale": scale}


def main():
    model = transformers.GPT2LMHeadModel.from_pretrained(ARGUMENTS.model, dtype=torch.float32)
    model.eval()
    tokens = None
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        start = time.perf_counter()
        if words == ["facts"]:
            answer = {
                "torch": torch.__version__,
                "transformers": transformers.__version__,
                "threads": torch.get_num_threads(),
            }
        elif words[0] == "tokens":
            tokens = load_file(words[1])["tokens"].long()
            answer = {"rows": tokens.shape[0]}
        else:
            layer, neuron = int(words[1]), int(words[2])
            answer = run(model, tokens, layer, neuron, float(words[3]), words[4])
            answer["seconds"] = time.perf_counter() - start
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
