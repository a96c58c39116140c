"""Networks for sequences: recurrent ones, attention, and Transformers."""

from __future__ import annotations

from nnstudio.project.builder import Builder
from nnstudio.project.document import Project


def sequence_to_sequence() -> Project:
    """Bahdanau, Cho, Bengio: Neural machine translation by jointly learning to align and translate, 2014.

    The decoder starts from the encoder's last state. At every step it compares its own state with all of the
    encoder's (by scaled dot product, as Vaswani and others have it, 2017) and reads their weighted mean. It is told
    only which place it is to write, not what it wrote before: for rows of independent digits that says nothing.
    """
    b = Builder("Sequence to sequence with attention")
    source = b.input("source", shape=(8,), element="index")
    words = b.add("Embedding", source, num_embeddings=10, embedding_dim=32, name="source_words")
    states, last, memory = b.add("LSTM", words, hidden_size=64, name="encoder")
    blank = b.add("Formula", words, formula="0*x", name="blank")
    places = b.add("LearnedPosition", blank, max_length=8, name="places")
    asking, _, _ = b.add("LSTM", places, last, memory, hidden_size=64, name="decoder")
    context = b.add("ScaledDotProductAttention", asking, states, states, name="attention")
    h = b.add("Concat", asking, context, axis=1, name="both")
    h = b.add("Tanh", b.add("Linear", h, out_features=64, name="combine"))
    b.output(b.add("Linear", h, out_features=10, name="scores"), name="target")
    return b.project(data={"name": "reverse"}, recipe={"epochs": 10, "learning_rate": 0.005, "batch_size": 32})


def transformer_classifier() -> Project:
    """Vaswani and others: Attention is all you need, 2017: its encoder, with a class token as in BERT, 2018."""
    b = Builder("Transformer classifier")
    h = b.input("signs", shape=(24,), element="index")
    h = b.add("Embedding", h, num_embeddings=8, embedding_dim=32)
    h = b.add("ClassToken", h)
    h = b.add("LearnedPosition", h, max_length=25)
    for number in (1, 2):
        h = b.add("TransformerEncoderLayer", h, nhead=4, dim_feedforward=64, dropout=0.0, name=f"encoder{number}")
    h = b.add("Slice", h, axis=0, start=0, stop=1, name="token")
    h = b.add("LayerNorm", b.add("Flatten", h))
    b.output(b.add("Linear", h, out_features=4, name="scores"), name="letter")
    return b.project(data={"name": "memory"}, recipe={"epochs": 12, "learning_rate": 0.002})


def character_gpt() -> Project:
    """Radford and others: Improving language understanding by generative pre-training, 2018, with the norms first.

    Reads 64 characters of a story with 40 kinds of them and says at every place which comes next. On stretches that it
    never saw its perplexity falls from 40, which is guessing, to 6.2 in nine epochs, and rises as it goes on learning
    the others by heart: the run ends there, with the best weights.
    """
    b = Builder("Character GPT")
    inner = b.block("DecoderBlock", heads=4, width=64)
    x = inner.input("x", shape=(64, 64))
    h = inner.add("LayerNorm", x, name="norm1")
    h = inner.add("MultiheadAttention", h, num_heads="=heads", is_causal=True, name="attention")
    h = h[0] if isinstance(h, tuple) else h
    seen = inner.add("Add", x, h, name="add1")
    h = inner.add("LayerNorm", seen, name="norm2")
    h = inner.add("GELU", inner.add("Linear", h, out_features="=4*width", name="expand"), name="gelu")
    h = inner.add("Linear", h, out_features="=width", name="shrink")
    inner.output(inner.add("Add", seen, h, name="add2"), name="y")
    h = b.input("characters", shape=(64,), element="index")
    h = b.add("Embedding", h, num_embeddings=40, embedding_dim=64)
    h = b.add("LearnedPosition", h, max_length=64)
    h = b.add("DecoderBlock", h, repeat=2, name="blocks")
    h = b.add("LayerNorm", h)
    b.output(b.add("Linear", h, out_features=40, bias=False, name="scores"), name="next")
    stopping = {"early_stopping": True, "patience": 3}
    return b.project(
        data={"name": "story"}, recipe={"epochs": 20, "learning_rate": 0.003, "batch_size": 16, **stopping}
    )


def poet() -> Project:
    """Graves: Generating sequences with recurrent neural networks, 2013: an LSTM says which character comes next.

    It takes texts of any length. 78 quatrains are enough to learn by heart and too few to learn from: while the
    training loss falls, the perplexity on verses that it never saw rises from 495 to more than 1,000, of 690 signs.
    """
    b = Builder("LSTM that writes poems")
    h = b.input("characters", shape=("T",), element="index")
    h = b.add("Embedding", h, num_embeddings=690, embedding_dim=64)
    h, _, _ = b.add("LSTM", h, hidden_size=128)
    b.output(b.add("Linear", h, out_features=690, name="scores"), name="next")
    return b.project(data={"name": "poems"}, recipe={"epochs": 12, "learning_rate": 0.005, "batch_size": 32})


def parity() -> Project:
    """Say at every place whether the ones so far are odd in number; a state of one bit is enough, at any length."""
    b = Builder("Odd or even")
    h = b.input("bits", shape=("T",), element="index")
    h = b.add("Embedding", h, num_embeddings=2, embedding_dim=4)
    h, _ = b.add("GRU", h, hidden_size=16)
    b.output(b.add("Linear", h, out_features=2, name="scores"), name="parity")
    return b.project(data={"name": "parity"}, recipe={"epochs": 20, "learning_rate": 0.01, "batch_size": 32})
