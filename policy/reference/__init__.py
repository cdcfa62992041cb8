"""The reference of the policy file, made of its models, and the schema for editors."""
