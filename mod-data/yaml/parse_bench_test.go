package yaml

import (
	"bytes"
	"testing"
)

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web, tier: "front", version: 1.2.3}
  annotations:
    note: 'it''s here'
    config: |
      server {
        listen 8080;
      }
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: example.com/web:1.2.3
        args: [--listen, ":8080", "--log=\"json\""]
        ports:
        - containerPort: 8080
          protocol: TCP
        resources: {limits: {cpu: 500m, memory: 128Mi}} # enough
---
`

func BenchmarkParseManifests(b *testing.B) {
	text := bytes.Repeat([]byte(manifest), 200)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseAll(text); err != nil {
			b.Fatal(err)
		}
	}
}
