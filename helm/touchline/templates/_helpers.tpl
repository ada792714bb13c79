{{/* The name in labels: what is installed, whatever the release is called. */}}
{{- define "touchline.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimAll "-" -}}
{{- end -}}

{{/* The name of objects: the release's and the chart's, once where the one holds the other. A Service allows 63. */}}
{{- define "touchline.fullname" -}}
{{- $name := include "touchline.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimAll "-" -}}
{{- end -}}

{{/* The labels that selectors match. A Deployment's can never change, so nothing with a version in it belongs here. */}}
{{- define "touchline.selectorLabels" -}}
app.kubernetes.io/name: {{ include "touchline.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: predictor
{{- end -}}

{{/* What runs, as a label can say it: a tag may have 128 characters, a label 63. */}}
{{- define "touchline.version" -}}
{{- .Values.image.tag | default .Chart.AppVersion | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "touchline.labels" -}}
{{ include "touchline.selectorLabels" . }}
app.kubernetes.io/version: {{ include "touchline.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{- end -}}

{{- define "touchline.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "touchline.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "touchline.fullname" .) "default") -}}
{{- end -}}

{{/* "true" where the sample is prepared: asked for, and with nothing of others in its reach. */}}
{{- define "touchline.demo" -}}
{{- $others := or .Values.database.existingSecret .Values.tracking.uri .Values.persistence.existingClaim -}}
{{- if and .Values.demo.enabled (not $others) -}}
true
{{- end -}}
{{- end -}}

{{/* "true" where the data folder outlives the pod. */}}
{{- define "touchline.persistent" -}}
{{- if or .Values.persistence.enabled .Values.persistence.existingClaim -}}
true
{{- end -}}
{{- end -}}

{{- define "touchline.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
# A volume that already belongs to the group is not walked again at each start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The image, and how each container of ours runs it. */}}
{{- define "touchline.image.container" -}}
image: {{ include "touchline.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A container that works on the data: the server, and what makes ready for it. */}}
{{- define "touchline.container" -}}
{{ include "touchline.image.container" . }}
{{- with include "touchline.env" . }}
env:
  {{- . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: data
    mountPath: /var/lib/touchline
  - name: scratch
    mountPath: /tmp
{{- end -}}

{{- define "touchline.env" -}}
{{- with .Values.database }}
{{- if .existingSecret }}
- name: TOUCHLINE_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret | quote }}
      key: {{ .key | quote }}
{{- end }}
{{- end }}
{{- with .Values.tracking.uri }}
- name: MLFLOW_TRACKING_URI
  value: {{ . | quote }}
{{- end }}
{{- with .Values.asOf }}
- name: TOUCHLINE_AS_OF
  value: {{ . | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
