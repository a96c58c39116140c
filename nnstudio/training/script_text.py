"""The wording of training scripts: templates for `nnstudio.training.script`, in the order of the finished file."""

from __future__ import annotations

HEAD = '''"""{about}

    python {file}             trains and prints a line per epoch
    python {file} --help      says what can be changed
"""

{imports}
'''

BODY = """
# --- The network ---------------------------------------------------------------------------------


{classes}


# --- The data ------------------------------------------------------------------------------------


{data}

# --- The loss ------------------------------------------------------------------------------------


{loss}

# --- The training --------------------------------------------------------------------------------


{schedule}def read_options() -> argparse.Namespace:
    \"\"\"Return the recipe, with what the command line says in place of what was drawn.\"\"\"
    parser = argparse.ArgumentParser(description="Train {network}.")
    parser.add_argument("--epochs", type=int, default={epochs}, help="how many times to go through the data")
    parser.add_argument("--batch-size", type=int, default={batch_size}, help="samples per step")
    parser.add_argument("--learning-rate", type=float, default={learning_rate}, help="how far one step goes")
    parser.add_argument("--seed", type=int, default={seed}, help="where chance starts")
    parser.add_argument("--device", default="{device}", help="cpu, cuda or mps")
    parser.add_argument("--save", metavar="FILE", help="write the trained weights there")
    return parser.parse_args()


def cut(rows: torch.Tensor, size: int) -> tuple[torch.Tensor, ...]:
    \"\"\"Cut rows into batches; a single row that would be left joins the batch before it.\"\"\"
    batches = torch.split(rows, size)
    if size > 1 and len(batches) > 1 and len(batches[-1]) == 1:
        return (*batches[:-2], torch.cat(batches[-2:]))
    return batches

"""

GIVEN = '''def load_data() -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """Return inputs and targets for training, and inputs and targets for validation: {title}.

    {note}
    """
    # For data of your own give four tensors of these shapes here.
    with numpy.load(pathlib.Path(__file__).with_name("{file}"), allow_pickle=False) as file:
        inputs, targets = torch.from_numpy(file["inputs"]), torch.from_numpy(file["targets"])
        training, validation = file["training"], file["validation"]
    return (inputs[training], targets[training]), (inputs[validation], targets[validation])

'''

MADE_UP = '''def make_up_data() -> {signature}:
    """Return random inputs and targets of the right shape: no data set of NN Studio fits this network.

    {reason}
    """
    print("The data are made up: random numbers of the right shape, from which nothing can be learnt but by heart.")
    chance = torch.Generator().manual_seed(0)
    # ===================================== YOUR DATA HERE =====================================
    # Put tensors of your own in place of these; the first axis counts samples.
{lines}    # ==========================================================================================
    return {given}

'''

LOSS = '''def loss_of(output: {given}, target: torch.Tensor) -> torch.Tensor:
    """Return the mean loss of a batch."""
    return {loss}

'''

NUM_RIGHT = '''
def num_right(output: torch.Tensor, target: torch.Tensor) -> float:
    """Return how many samples of a batch were right; one with many places counts by its share."""
    return {right}

'''

MANY_LOSS = '''def loss_of(outputs: tuple[torch.Tensor, ...], targets: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Return the sum of the losses of all outputs."""
    pairs = zip([outputs[place] for place in {places}], targets)
    return sum(functional.mse_loss(output, target) for output, target in pairs)

'''

TRY_OUT_RIGHT = '''
@torch.no_grad()
def try_out(
    model: nn.Module, inputs: torch.Tensor, targets: torch.Tensor, size: int, device: torch.device
) -> tuple[float, float]:
    """Return mean loss and share of right answers on samples that were not trained on."""
    model.eval()
    total, right = 0.0, 0.0
    for x, target in zip(torch.split(inputs.to(device), size), torch.split(targets.to(device), size)):
        output = model(x)
        total += loss_of(output, target).item() * len(x)
        right += num_right(output, target)
    return total / len(inputs), right / len(inputs)
'''

TRY_OUT = '''
@torch.no_grad()
def try_out(
    model: nn.Module, inputs: torch.Tensor, targets: torch.Tensor, size: int, device: torch.device
) -> float:
    """Return the mean loss on samples that were not trained on."""
    model.eval()
    total = 0.0
    for x, target in zip(torch.split(inputs.to(device), size), torch.split(targets.to(device), size)):
        total += loss_of(model(x), target).item() * len(x)
    return total / len(inputs)
'''

BEGIN = '''

def main() -> None:
    """Train, and print a line per epoch."""
    options = read_options()
    device = torch.device(options.device)
    torch.manual_seed(options.seed)
    model = {network}().to(device){shape}
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    if not weights:
        raise SystemExit("The network has no weights to train.")
    optimizer = {optimizer}
    print(f"{{sum(weight.numel() for weight in weights):,}} weights to train")'''

SHUFFLE = """    torch.manual_seed(options.seed)
    shuffler = torch.Generator().manual_seed(options.seed)
    for epoch in range(1, options.epochs + 1):
        model.train()"""

END = """
    if options.save:
        torch.save(model.state_dict(), options.save)


if __name__ == "__main__":
    main()
"""
