"""Learners: ways of turning a batch into a change of the weights, one file each."""
