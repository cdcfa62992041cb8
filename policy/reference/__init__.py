"""Reference pages of the policy file, made from its models, and the schema for editors."""
