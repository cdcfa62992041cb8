"""Words: every sentence that a person reads in Slack, one module a surface; each imports its own and holds none itself.

How we word them. Plain and short: what happened or is asked first, then what to do; no jargon of ours, no blame.
Severity is a word with an emoji before it, never the emoji or a colour alone. What was refused says that nothing was
changed. A button's label says what a press does; its accessibility label says it of what. Times go through
`blocks.when`, which shows them in the reader's own zone; where Slack parses nothing they name UTC. What a notification
shows is a whole sentence that reads well without the blocks. Words of agents and people never become markup: they are
escaped, or quoted in blocks that parse nothing. Several surfaces that say the same share it in `shared`;
`blockkit.words` has the few of what all are laid out with.
"""
