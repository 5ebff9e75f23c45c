"""Sends the frames of each case as bytes: as a client to a URL, or as a server on a free port that it prints. It
prints what it is sent, a line for each case."""
import asyncio
import hashlib
import json
import sys

import websockets

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)


def frame(first, text, masked):
    payload, bit = bytes.fromhex(text), 0x80 if masked else 0
    if len(payload) < 126:
        head = bytes([first, bit | len(payload)])
    elif len(payload) < 65536:
        head = bytes([first, bit | 126]) + len(payload).to_bytes(2, "big")
    else:
        head = bytes([first, bit | 127]) + len(payload).to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = b"\1\2\3\4"
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


async def speak(socket, number, client):
    case, got = cases[number - 1], [str(number)]
    frames = [frame(first, text, client != case["wrongly"]) for first, text in case["frames"]]
    missing = case["awaits"] if client else 0  # echoes before the last frame
    for sent in frames[:-1] if missing else frames:
        socket.transport.write(sent)
    try:
        while True:
            data = await socket.recv()
            kind = "text" if isinstance(data, str) else "binary"
            data = data.encode() if isinstance(data, str) else data
            got.append("%s:%d:%s" % (kind, len(data), hashlib.sha256(data).hexdigest()[:8]))
            missing -= 1
            if missing == 0:
                socket.transport.write(frames[-1])
    except websockets.exceptions.ConnectionClosed as closed:
        got.append("close:%d" % (closed.rcvd.code if closed.rcvd else 1006))
    print(*got, flush=True)


async def ask(url):
    for number in range(1, len(cases) + 1):
        async with websockets.connect(url, compression=None, max_size=None) as socket:
            await speak(socket, number, True)


async def main():
    if len(sys.argv) > 2:
        return await ask(sys.argv[2])

    async def serve(socket, path=None):
        await speak(socket, int((path or socket.path).split("=")[1]), False)

    async with websockets.serve(serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
