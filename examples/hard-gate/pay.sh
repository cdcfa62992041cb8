#!/bin/sh
# Stands for whatever moves the money: takes the payload on stdin, says on stdout what came of it.
jq -c . >>paid.jsonl && echo "paid; see paid.jsonl"
