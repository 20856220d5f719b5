{{ config(tags=['slow'], meta={'owner': 'Bo'}) }} select 1
