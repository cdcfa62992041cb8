"""What is said about questions to the agent."""
# ruff: noqa: D103 - a sentence says itself what it is

THE_AGENT_GETS_YOUR_QUESTION = (
    "The agent gets your question and your name. Its answer comes below the card and calls you. "
    "Everybody can decide meanwhile."
)
WAITING_FOR_THE_AGENTS_ANSWER = "*Waiting for the agent's answer:*"
ASKED_AND_ANSWERED = "*Asked and answered:*"
THE_AGENT_ANSWERS = "The agent answers, checked by nobody:"
THE_AGENT_IN_ITS_REPLY = "the agent in its reply"
CHANGED_BY_THE_AGENT_IN_ITS = "Changed by the agent in its reply"
CHANGED_BY_A_REVIEWER = "Changed by a reviewer, and by the agent in its reply, since it was proposed"
CHANGED_BY_A_REVIEWER_SINCE = "Changed by a reviewer since the agent proposed it"
GIVE_MORE_TIME = "Give more time, up to what the policy allows"


def this_waits_until(expires_at: str) -> str:
    return f"This waits until {expires_at}; a question alone does not change that."


def with_more_time_it_waits_until(later: str) -> str:
    return f" With more time it waits until {later}."


def earlier_questions(earlier: int) -> str:
    return f"{earlier} earlier question{'' if earlier == 1 else 's'} in Details."
