const server = require('http').createServer((req, res) => {
  res.setHeader('Content-Type', 'application/json')
  res.end(JSON.stringify({ hello: 'world' }))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
