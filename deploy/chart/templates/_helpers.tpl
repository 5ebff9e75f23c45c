{{- define "assay.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}{{- printf "%s-%s" .Release.Name $name | trunc 53 | trimSuffix "-" -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "assay.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "assay.labels" -}}
{{ include "assay.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "assay.configmap" -}}
{{- default (include "assay.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{/* A pod of a part: root, part, args, and what differs: restartPolicy, port, gracePeriod, account, name. */}}
{{- define "assay.pod" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- if .account }}
serviceAccountName: {{ .account }}
{{- else }}
automountServiceAccountToken: false
{{- end }}
{{- with .restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
{{- if .gracePeriod }}
terminationGracePeriodSeconds: {{ .gracePeriod }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
containers:
  - name: assay
    image: "{{ .root.Values.image.repository }}:{{ default .root.Chart.AppVersion .root.Values.image.tag }}"
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ toJson .args }}
    terminationMessagePolicy: FallbackToLogsOnError
    {{- with .root.Values.env }}
    env: {{ toJson . }}
    {{- end }}
    {{- with .root.Values.envFrom }}
    envFrom: {{ toJson . }}
    {{- end }}
    {{- if .port }}
    ports: [{ name: http, containerPort: {{ .port }} }]
    readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 5 }
    livenessProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 10 }
    {{- end }}
    resources: {{ toJson .root.Values.resources }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    volumeMounts:
      - { name: files, mountPath: /assay, readOnly: true }
      - { name: tmp, mountPath: /tmp }
volumes:
  - name: files
    configMap: { name: {{ default (include "assay.configmap" .root) .files }} }
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* Metadata of a pod; a change of the files makes new pods. */}}
{{- define "assay.podmeta" -}}
labels:
  {{- include "assay.labels" . | nindent 2 }}
annotations:
  checksum/files: {{ toJson .root.Values.files | sha256sum }}
  {{- with .root.Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* When a Job of checks runs. */}}
{{- define "assay.hook" -}}
{{- with .root.Values.checks -}}
{{- if .helm }}
helm.sh/hook: {{ .helm }}
helm.sh/hook-delete-policy: before-hook-creation
helm.sh/hook-weight: {{ $.weight | quote }}
{{- end }}
{{- if .argocd }}
argocd.argoproj.io/hook: {{ .argocd }}
argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
argocd.argoproj.io/sync-wave: {{ $.weight | quote }}
{{- end }}
{{- end -}}
{{- end -}}
