"""Our own translation model: how it is made, stage by stage, and how a finished one is loaded.

What training itself needs (config, parts, dataset, batches, network, decode, train, average) imports nothing
of this project but its neighbours here, so that a borrowed machine with a GPU needs no more than PyTorch,
sentencepiece and sacrebleu: there, `python -m neural train` runs from the folder above this one.
"""
