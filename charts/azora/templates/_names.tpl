{{- define "azora.selectorLabels" -}}
app.kubernetes.io/name: azora-operator
{{- end }}

{{- define "azora.labels" -}}
{{ include "azora.chartLabels" . }}
{{ include "azora.selectorLabels" . }}
{{- end }}

{{- define "azora.chartLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "azora.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The specs of the plugins that run, by name: what this release ships, and over it what the values say. */}}
{{- define "azora.plugins" -}}
{{- $all := dict }}
{{- range $path, $_ := .Files.Glob "files/plugins/*.yaml" }}
{{- $shipped := $.Files.Get $path | fromYaml }}
{{- $_ := set $shipped.spec "image" (include "azora.image" $) }}
{{- $_ := set $all $shipped.metadata.name (dict "enabled" true "spec" $shipped.spec "annotations" $shipped.metadata.annotations) }}
{{- end }}
{{- range $name, $given := .Values.plugins }}
{{- $whole := mergeOverwrite (get $all $name | default (dict "enabled" true "spec" dict)) (deepCopy $given) }}
{{- $_ := set $all $name $whole }}
{{- end }}
{{- range $name, $plugin := $all }}
{{- if $plugin.enabled }}
{{- $_ := set $plugin.spec "platform" $.Values.platform.name }}
{{- $_ := required (printf "plugins.%s.spec.image: a plugin that is not of this release names its image" $name) $plugin.spec.image }}
{{- $_ := required (printf "plugins.%s.spec.command: a plugin that is not of this release names its command" $name) $plugin.spec.command }}
{{- else }}
{{- $_ := unset $all $name }}
{{- end }}
{{- end }}
{{- toYaml $all }}
{{- end }}
