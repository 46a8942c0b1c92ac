"""Real source sites of several generations of WordPress, PHP and databases, cloned on the local cluster."""
