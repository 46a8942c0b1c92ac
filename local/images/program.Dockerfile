# One static Go program and nothing else: CoreDNS, Skipper, kro, the volume provisioner, the pods' pause.
FROM scratch
ARG PROGRAM
COPY ${PROGRAM} /program
USER 10001:10001
ENTRYPOINT ["/program"]
