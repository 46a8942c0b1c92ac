"""`python -m kro.validate`: whether a bundle is fit to be deployed, asked of the real API server and the real kro.

    value files → templates → committed manifests     files; nothing is started when one of these is wrong
    └── API server with kro → bundle → examples → wrong objects     for each environment one of its own

Everything found is a fault with file, line, field and a sentence (`kro.validate.faults`). No cluster of anybody's is
asked.
"""
