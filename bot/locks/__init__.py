"""One turn of a conversation at a time, in the order in which its messages arrived, over all replicas."""
