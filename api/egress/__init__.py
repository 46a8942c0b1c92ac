"""The egress proxy's judgement: Squid carries the bytes, and asks the programs here who may go where."""
