"""The PyPI package `openai`: its Realtime client over ws, as its documentation shows it.

Each event that the client's own models know is checked against them strictly, which the client itself does not do. The
environment is that of support.mjs.
"""
import array
import asyncio
import base64
import json
import logging
import os
import re
import typing
import unittest
import wave

from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from openai.types.realtime.response_audio_delta_event import ResponseAudioDeltaEvent
from openai.types.realtime.response_done_event import ResponseDoneEvent
from openai.types.realtime.session_created_event import SessionCreatedEvent
from websockets.exceptions import InvalidStatus

SERVER, KEY, ANSWER, SPEECH = (os.environ[name] for name in ("SERVER", "SERVER_KEY", "ANSWER", "SPEECH"))
QUESTION = re.compile("weather", re.I)  # what of the spoken question must have been understood
SAMPLE_RATE = 24_000
PATIENCE_S = 20  # with one event
OUR_OWN = "digital_human."

# By the type of the event: Annotated[Union[...], ...] of classes with a literal type.
MODELS = {typing.get_args(model.model_fields["type"].annotation)[0]: model
          for model in typing.get_args(typing.get_args(RealtimeServerEvent)[0])}


def client(key=KEY):
    return AsyncOpenAI(api_key=key, base_url=f"http://{SERVER}/v1", websocket_base_url=f"ws://{SERVER}/v1")


def spoken_question():
    """The question as PCM16, with silence before and after it, in pieces of 100 ms."""
    with wave.open(SPEECH, "rb") as file:
        assert file.getparams()[:3] == (1, 2, SAMPLE_RATE)
        sound = bytes(SAMPLE_RATE // 2) + file.readframes(file.getnframes()) + bytes(2 * SAMPLE_RATE * 3 // 2)
    size = 2 * SAMPLE_RATE // 10
    return [sound[at:at + size] for at in range(0, len(sound), size)]


def sound_of(deltas):
    return b"".join(base64.b64decode(event.delta) for event in deltas)


class Conversation(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.events = []
        openai = await self.enterAsyncContext(client())
        self.connection = await self.enterAsyncContext(openai.realtime.connect(model="digital-human"))
        created = await self.next("session.created")
        self.assertIsInstance(created, SessionCreatedEvent)
        self.assertEqual(created.session.type, "realtime")

    async def next(self, wanted):
        """The next event of that type, the ones before it passed over; all are kept in events."""
        async with asyncio.timeout(PATIENCE_S):
            async for event in self.connection:
                self.check(event)
                self.events.append(event)
                if event.type == wanted:
                    return event
                self.assertNotEqual(event.type, "error", event)
                self.assertNotEqual(event.type, "response.done", event)  # passed over, it tells why nothing comes
        self.fail(f"the connection ended before {wanted}")

    def check(self, event):
        if event.type.startswith(OUR_OWN):
            return
        self.assertIn(event.type, MODELS, "neither the protocol's nor our own")
        MODELS[event.type].model_validate_json(event.to_json(), strict=True)

    async def answer(self, **response):
        """Asks for an answer and gives its response and the events on the way, each type with its list."""
        begin = len(self.events)
        await self.connection.response.create(**response)
        done = await self.next("response.done")
        self.assertIsInstance(done, ResponseDoneEvent)
        kinds = {}
        for event in self.events[begin:]:
            kinds.setdefault(event.type, []).append(event)
        return done.response, kinds

    async def say(self, text):
        await self.connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})

    async def test_a_text_is_answered_with_speech_and_its_transcript(self):
        await self.connection.session.update(
            session={"type": "realtime", "instructions": "Be brief.", "audio": {"output": {"voice": "marin"}}})
        self.assertEqual((await self.next("session.updated")).session.instructions, "Be brief.")
        await self.say("Hello.")
        response, events = await self.answer()
        self.assertEqual(response.status, "completed")
        self.assertEqual(response.output[0].content[0].transcript, ANSWER)
        deltas = events["response.output_audio.delta"]
        self.assertIsInstance(deltas[0], ResponseAudioDeltaEvent)
        samples = array.array("h", sound_of(deltas))
        self.assertGreater(max(samples), 1_000)
        self.assertTrue(0.15 < len(samples) / SAMPLE_RATE / len(ANSWER.split()) < 1)
        words = "".join(event.delta for event in events["response.output_audio_transcript.delta"])
        self.assertEqual(words.strip(), ANSWER)

    async def test_a_text_is_answered_with_text_alone_if_that_is_wanted(self):
        await self.say("Hello.")
        response, events = await self.answer(response={"output_modalities": ["text"]})
        self.assertEqual(response.output[0].content[0].text.strip(), ANSWER)
        self.assertEqual("".join(event.delta for event in events["response.output_text.delta"]).strip(), ANSWER)
        self.assertNotIn("response.output_audio.delta", events)

    async def test_what_its_models_do_not_know_does_not_end_the_iteration(self):
        await self.connection.session.update(
            session={"type": "realtime", "animation": {"outputs": ["blendshapes", "viseme_id"]},
                     "digital_human": {"idle_animation": True}})
        idle = await self.next("digital_human.idle.delta")
        self.assertEqual(len(idle.frames[0]), 52)

    async def test_speech_is_heard_written_down_and_answered(self):
        await self.connection.session.update(session={"type": "realtime", "audio": {"input": {
            "transcription": {"model": "whisper-1"},
            "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 500}}}})
        await self.next("session.updated")
        for piece in spoken_question():
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
        started = await self.next("input_audio_buffer.speech_started")
        await self.next("input_audio_buffer.speech_stopped")
        self.assertEqual((await self.next("input_audio_buffer.committed")).item_id, started.item_id)
        done = await self.next("response.done")
        self.assertEqual(done.response.output[0].content[0].transcript, ANSWER)
        heard = [event for event in self.events if event.type.endswith("input_audio_transcription.completed")]
        self.assertEqual([event.item_id for event in heard], [started.item_id])
        self.assertRegex(heard[0].transcript, QUESTION)

    async def test_without_turn_detection_the_client_says_when(self):
        await self.connection.session.update(session={"type": "realtime", "audio": {"input": {
            "transcription": {"model": "whisper-1"}, "turn_detection": None}}})
        for piece in spoken_question():
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
        await self.connection.input_audio_buffer.commit()
        committed = await self.next("input_audio_buffer.committed")
        heard = await self.next("conversation.item.input_audio_transcription.completed")
        self.assertEqual(heard.item_id, committed.item_id)
        self.assertRegex(heard.transcript, QUESTION)
        self.assertEqual((await self.answer())[0].status, "completed")

    async def test_an_answer_can_be_cancelled_and_cut_to_what_was_heard(self):
        await self.connection.session.update(session={"type": "realtime", "audio": {"output": {"speed": 0.5}}})
        await self.say("Hello.")
        await self.connection.response.create()
        delta = await self.next("response.output_audio.delta")
        await self.connection.response.cancel()
        self.assertEqual((await self.next("response.done")).response.status, "cancelled")
        await self.connection.conversation.item.truncate(item_id=delta.item_id, content_index=0, audio_end_ms=100)
        self.assertEqual((await self.next("conversation.item.truncated")).audio_end_ms, 100)
        await self.connection.conversation.item.retrieve(item_id=delta.item_id)
        item = (await self.next("conversation.item.retrieved")).item
        self.assertEqual(item.status, "incomplete")

    async def test_a_function_is_called_and_its_output_answered(self):
        await self.connection.session.update(session={"type": "realtime", "tool_choice": "auto", "tools": [
            {"type": "function", "name": "look_up", "description": "Looks a word up.",
             "parameters": {"type": "object", "properties": {"word": {"type": "string"}}}}]})
        await self.say('/call look_up {"word": "lighthouse"}')
        response, events = await self.answer()
        call = response.output[0]
        self.assertEqual((call.type, call.name), ("function_call", "look_up"))
        self.assertEqual(json.loads(call.arguments), {"word": "lighthouse"})
        whole = events["response.function_call_arguments.done"][0]
        self.assertEqual((whole.call_id, whole.arguments), (call.call_id, call.arguments))
        await self.connection.conversation.item.create(
            item={"type": "function_call_output", "call_id": call.call_id, "output": "a tower with a light."})
        response, _ = await self.answer()
        self.assertEqual(response.output[0].content[0].transcript, "a tower with a light.")

    async def test_an_answer_beside_the_conversation_leaves_nothing_in_it(self):
        response, events = await self.answer(response={
            "conversation": "none", "metadata": {"topic": "classification"}, "output_modalities": ["text"],
            "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "A tower."}]}]})
        self.assertEqual(response.metadata, {"topic": "classification"})
        self.assertEqual(response.output[0].content[0].text.strip(), ANSWER)
        self.assertNotIn("conversation.item.added", events)

    async def test_items_are_created_found_and_deleted(self):
        await self.connection.conversation.item.create(
            item={"id": "item_one", "type": "message", "role": "system",
                  "content": [{"type": "input_text", "text": "One."}]})
        await self.next("conversation.item.done")
        await self.connection.conversation.item.retrieve(item_id="item_one")
        self.assertEqual((await self.next("conversation.item.retrieved")).item.content[0].text, "One.")
        await self.connection.conversation.item.delete(item_id="item_one")
        self.assertEqual((await self.next("conversation.item.deleted")).item_id, "item_one")
        await self.connection.conversation.item.delete(item_id="item_one", event_id="again")
        error = (await self.next("error")).error
        self.assertEqual((error.code, error.event_id), ("item_delete_invalid_item_id", "again"))


class Door(unittest.IsolatedAsyncioTestCase):
    async def test_a_wrong_key_is_refused(self):
        with self.assertRaises(InvalidStatus) as refusal:
            async with client("a-key-that-is-not-known") as openai, openai.realtime.connect(model="digital-human"):
                pass
        self.assertEqual(refusal.exception.response.status_code, 401)


if __name__ == "__main__":
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # the tests run in its debug mode, which tells of slow callbacks
    unittest.main(verbosity=2)
