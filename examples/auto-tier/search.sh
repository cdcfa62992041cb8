#!/bin/sh
# Stands for a tool that agents call all day: takes the payload on stdin, says on stdout what it found.
jq -c . >>searched.jsonl && echo "3 orders"
