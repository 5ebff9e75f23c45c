"""Talks to the echo service at the URL that it is given, and fails if that does not answer as it should."""
import asyncio
import sys

import websockets


async def main():
    async with websockets.connect(sys.argv[1], subprotocols=["other", "chat"]) as socket:
        assert socket.subprotocol == "chat", socket.subprotocol
        for message in ["text ü", b"\0\xff", b"\7" * 200000]:
            await socket.send(message)
            answer = await socket.recv()
            assert answer == message
            print("binary %d" % len(answer) if isinstance(answer, bytes) else "text " + answer)
        await asyncio.wait_for(await socket.ping(), 10)
        await socket.send("bye")
        try:
            await socket.recv()
        except websockets.exceptions.ConnectionClosed as closed:
            print("close %d %s" % (closed.rcvd.code, closed.rcvd.reason))


asyncio.run(main())
