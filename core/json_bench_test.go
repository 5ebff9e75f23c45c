package core

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// jsonSamples are texts of about 1 MB: what a Kubernetes API answers, numbers, and text.
func jsonSamples() map[string]string {
	pod := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-%d","namespace":"default","uid":"0b4c2f7e-%08d","resourceVersion":"%d","generation":3,` +
		`"labels":{"app":"web","app.kubernetes.io/instance":"web-%[1]d","pod-template-hash":"5d4f8c"},"creationTimestamp":"2024-05-01T10:00:00Z"},` +
		`"spec":{"nodeName":"node-7","restartPolicy":"Always","containers":[{"name":"web","image":"registry.example.com/web:1.2.3","ports":[{"containerPort":8080,"protocol":"TCP"}],` +
		`"resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},"env":[],"tty":false}]},` +
		`"status":{"phase":"Running","podIP":"10.0.0.%[1]d","startTime":"2024-05-01T10:00:01Z","conditions":[{"type":"Ready","status":"True","lastProbeTime":null},{"type":"Initialized","status":"True","lastProbeTime":null}]}}`
	var pods, numbers, texts []string
	for i := range 1 << 20 / 1000 {
		pods = append(pods, fmt.Sprintf(pod, i, i*7919, i*104729))
	}
	for i := range 1 << 20 / 22 {
		numbers = append(numbers, fmt.Sprintf("[%d,%g]", 1714557600+i, float64(i)/7))
	}
	for i := range 1 << 20 / 105 {
		texts = append(texts, fmt.Sprintf(`"line %d: the quick brown fox \"jumps\" over the lazy dog\n and thirty more characters of text"`, i))
	}
	join := func(items []string) string { return `{"items":[` + strings.Join(items, ",") + `]}` }
	return map[string]string{"pods": join(pods), "numbers": join(numbers), "texts": join(texts)}
}

func BenchmarkJSON(b *testing.B) {
	for name, text := range jsonSamples() {
		b.Run(name+"/lua", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			withCall(b, func(c Call) {
				for b.Loop() {
					v, err := DecodeJSON(c, text, false)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := EncodeJSON(c, v, ""); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
		b.Run(name+"/encoding", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var v any
				if err := json.Unmarshal([]byte(text), &v); err != nil {
					b.Fatal(err)
				}
				if _, err := json.Marshal(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJSONHalves(b *testing.B) {
	text := jsonSamples()["pods"]
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		withCall(b, func(c Call) {
			for b.Loop() {
				if _, err := DecodeJSON(c, text, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		withCall(b, func(c Call) {
			v, err := DecodeJSON(c, text, false)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := EncodeJSON(c, v, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
