"""Echoes, on a free port that it prints."""
import asyncio

import websockets


async def echo(socket, *_):
    async for message in socket:
        if message == "bye":
            await socket.close(4001, "enough")
        else:
            await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0, subprotocols=["chat"]) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
