{{/* What every object of the release carries. */}}
{{- define "huanban.labels" -}}
app.kubernetes.io/name: huanban
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What every process is told; secrets come by name out of the Secret. */}}
{{- define "huanban.environment" -}}
- name: HUANBAN_ACTIONS_URL
  value: {{ printf "http://%s-actions:5055/webhook" .Release.Name | quote }}
- name: HUANBAN_BACKEND_URL
  value: {{ .Values.backendUrl | default (printf "http://%s-backend:8001" .Release.Name) | quote }}
- name: HUANBAN_BOT_URL
  value: {{ printf "https://%s" .Values.ingress.host | quote }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* Nobody's process is root, writes to its image, or may become more than it is. */}}
{{- define "huanban.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "huanban.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
